local fake = require "unit.fake_core"

local frame

local function bytes(hex)
  return (hex:gsub("%s", ""):gsub("..", function(pair)
    return string.char(tonumber(pair, 16))
  end))
end

local function hex(text)
  return (text:gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end

-- RFC 6455 5.7: what is said of each frame, and its bytes.
local EXAMPLES = {
  { "a single-frame unmasked text message", { payload = "Hello" },
    "81 05 48 65 6c 6c 6f" },
  { "a single-frame masked text message",
    { payload = "Hello", mask = bytes "37 fa 21 3d" },
    "81 85 37 fa 21 3d 7f 9f 4d 51 58" },
  { "the first fragment of an unmasked text message",
    { payload = "Hel", fin = false }, "01 03 48 65 6c" },
  { "the last fragment of an unmasked text message",
    { payload = "lo", opcode = "continuation" }, "80 02 6c 6f" },
  { "an unmasked ping", { payload = "Hello", opcode = "ping" },
    "89 05 48 65 6c 6c 6f" },
  { "a masked pong", { payload = "Hello", opcode = "pong",
    mask = bytes "37 fa 21 3d" }, "8a 85 37 fa 21 3d 7f 9f 4d 51 58" },
}

describe("frames", function()
  local restore, _

  setup(function()
    _, _, restore = fake.load()
    frame = require "wsstls.frame"
  end)

  teardown(function() restore() end)

  describe("frame.build", function()
    for _, example in ipairs(EXAMPLES) do
      it("writes " .. example[1], function()
        assert.equal(hex(bytes(example[3])), hex(frame.build(example[2])))
      end)
    end

    it("writes 256 bytes with 16 bits of length, 64 KiB with 64", function()
      local built = frame.build { opcode = 2, payload = ("x"):rep(256) }
      assert.equal("827e0100" .. ("78"):rep(256), hex(built))
      built = frame.build { opcode = 2, payload = ("x"):rep(65536) }
      assert.equal("827f0000000000010000", hex(built:sub(1, 10)))
      assert.equal(65546, #built)
    end)

    it("chooses the smallest length field at each border", function()
      for length, size in pairs { [0] = 2, [125] = 2, [126] = 4, [65535] = 4,
                                  [65536] = 10 } do
        assert.equal(size + length,
          #frame.build { payload = ("x"):rep(length) })
      end
    end)

    it("writes a length that is longer than it need be", function()
      assert.equal("817e000178", hex(frame.build { payload = "x",
        length_bits = 16 }))
      assert.equal("817f000000000000000178", hex(frame.build { payload = "x",
        length_bits = 64 }))
    end)

    it("lies about the length", function()
      assert.equal("810578", hex(frame.build { payload = "x", length = 5 }))
      assert.equal("817e012c78", hex(frame.build { payload = "x",
        length = 300 }))
      assert.equal("817f800000000000000078", hex(frame.build { payload = "x",
        length = 2 ^ 63 }))
      assert.equal("817f002000000000000078", hex(frame.build { payload = "x",
        length = 2 ^ 53 }))
    end)

    it("sets each bit that RFC 6455 reserves, and any opcode", function()
      assert.equal("c100", hex(frame.build { rsv1 = true }))
      assert.equal("a100", hex(frame.build { rsv2 = true }))
      assert.equal("9100", hex(frame.build { rsv3 = true }))
      for opcode = 0, 15 do
        assert.equal(("%02x00"):format(opcode),
          hex(frame.build { opcode = opcode, fin = false }))
      end
    end)

    it("has defaults: a whole text frame, empty, without a mask", function()
      assert.equal("8100", hex(frame.build {}))
      assert.equal("8100", hex(frame.build { mask = false, fin = true }))
    end)

    it("masks with a key of its own when asked for any", function()
      local built = frame.build { payload = "Hello", mask = true }
      assert.equal(11, #built)
      assert.equal(133, built:byte(2))
      assert.equal("Hello", frame.parse(built).payload)
    end)

    for name, case in pairs {
      ["an unknown option"] = { { opcod = 1 }, "did you mean 'opcode'" },
      ["an opcode beyond 15"] = { { opcode = 16 }, "from 0 to 15" },
      ["a name that is no opcode"] = { { opcode = "txt" }, "continuation" },
      ["a mask of three bytes"] = { { mask = "abc" }, "4 bytes" },
      ["a length below 0"] = { { length = -1 }, "below 2%^64" },
      ["a length of 2^64"] = { { length = 2 ^ 64 }, "below 2%^64" },
      ["half a byte of length"] = { { length = 1.5 }, "whole number" },
      ["a length that is not one"] = { { length = 0 / 0 }, "whole number" },
      ["32 bits of length"] = { { length_bits = 32 }, "one of 7, 16, 64" },
      ["too few bits of length"] = { { length = 126, length_bits = 7 },
        "126 does not fit in 7 bits" },
      ["a payload that is a number"] = { { payload = 1 }, "a string" },
      ["a flag that is a number"] = { { fin = 1 }, "true or false" },
      ["a string instead of a table"] = { "x", "expected a table" },
    } do
      it("raises at its caller for " .. name, function()
        local ok, err = pcall(function() frame.build(case[1]) end)
        assert.is_false(ok)
        assert.matches("frame_spec.lua:%d+: frame.build: ", err)
        assert.matches(case[2], err)
      end)
    end
  end)

  describe("frame.parse", function()
    for _, example in ipairs(EXAMPLES) do
      it("reads " .. example[1], function()
        local expected = example[2]
        local f, rest = frame.parse(bytes(example[3]) .. "rest")
        assert.equal("rest", rest)
        assert.equal(expected.payload, f.payload)
        assert.equal(#expected.payload, f.length)
        assert.equal(expected.fin ~= false, f.fin)
        assert.equal(expected.mask or false, f.mask)
        assert.equal(frame.opcodes[expected.opcode or "text"], f.opcode)
        assert.same({ false, false, false, 7 },
          { f.rsv1, f.rsv2, f.rsv3, f.length_bits })
      end)
    end

    it("is nil at every byte but the last", function()
      for _, o in ipairs { { payload = "Hello", mask = "abcd" },
          { payload = ("x"):rep(300) },
          { payload = ("x"):rep(66), length_bits = 64, mask = "abcd" } } do
        local built = frame.build(o)
        for i = 0, #built - 1 do
          assert.is_nil((frame.parse(built:sub(1, i))))
        end
        local f, rest = frame.parse(built)
        assert.equal(o.payload, f.payload)
        assert.equal("", rest)
      end
    end)

    it("gives what builds the same bytes again", function()
      for first = 0, 255 do
        for _, rest in ipairs { "0141", "7e000141", "7f000000000000000141",
                                "81010203044142" } do
          local text = string.char(first) .. bytes(rest)
          local f, left = frame.parse(text)
          assert.equal(hex(text), hex(frame.build(f) .. left))
        end
      end
    end)

    it("waits for ever for 2^63 bytes", function()
      local lie = frame.build { length = 2 ^ 63, payload = ("x"):rep(1000) }
      assert.is_nil((frame.parse(lie)))
    end)

    it("reads several frames one after the other", function()
      local rest = frame.build { payload = "a" } .. frame.build {
        payload = "b", mask = true } .. "\129"
      local got = {}
      for i = 1, 2 do
        local f
        f, rest = frame.parse(rest)
        got[i] = f.payload
      end
      assert.is_nil((frame.parse(rest)))
      assert.same({ "a", "b" }, got)
      assert.equal("\129", rest)
    end)

    it("raises for anything but a string", function()
      assert.error_matches(function() frame.parse(nil) end,
        "frame.parse: expected a string, got nil")
    end)
  end)

  describe("frame.mask", function()
    it("undoes itself for every length and every byte", function()
      local all = {}
      for c = 0, 255 do all[#all + 1] = string.char(c) end
      all = table.concat(all)
      for length = 0, 9 do
        local text = all:sub(250 - length, 249)
        assert.equal(text, frame.mask(frame.mask(text, "\0\255\170\1"),
          "\0\255\170\1"))
      end
      local masked = frame.mask(all, "\0\255\170\1")
      assert.equal(all, frame.mask(masked, "\0\255\170\1"))
      assert.equal(hex("\0\254\168\2\4\250"), hex(masked:sub(1, 6)))
    end)

    it("raises for a key that is not 4 bytes", function()
      assert.error_matches(function() frame.mask("x", "abc") end, "4 bytes")
      assert.error_matches(function() frame.mask(1, "abcd") end, "a string")
    end)
  end)

  describe("the payload of a close frame", function()
    it("is the code and the reason", function()
      assert.equal("03e8", hex(frame.close_payload(1000)))
      assert.equal("0fa1" .. hex("mine"), hex(frame.close_payload(4001,
        "mine")))
      assert.equal("0000", hex(frame.close_payload(0)))
      assert.equal("ffff", hex(frame.close_payload(65535)))
    end)

    it("is read again", function()
      assert.same({ 4001, "mine" },
        { frame.close_reason(frame.close_payload(4001, "mine")) })
      assert.same({ 1000, "" },
        { frame.close_reason(frame.close_payload(1000)) })
      assert.is_nil((frame.close_reason("")))
      assert.is_nil((frame.close_reason("x")))
    end)

    it("raises for a code that has no two bytes", function()
      for _, code in ipairs { -1, 65536, 1.5, "1000" } do
        assert.error_matches(function() frame.close_payload(code) end,
          "from 0 to 65535")
      end
      assert.error_matches(function() frame.close_payload(1000, 1) end,
        "reason as a string")
      assert.error_matches(function() frame.close_reason(nil) end, "a string")
    end)
  end)
end)
