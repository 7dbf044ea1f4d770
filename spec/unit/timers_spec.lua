describe("the heap of timers", function()
  local timers = require "wsstls.timers"

  it("gives items back in order, whatever was removed meanwhile", function()
    local heap, items, seed = timers.new(), {}, 42
    for i = 1, 500 do
      seed = (seed * 1103515245 + 12345) % 2147483648
      items[i] = { at = seed % 1000 }
      timers.push(heap, items[i])
    end
    for i = 1, 500, 3 do
      timers.remove(heap, items[i])
      timers.remove(heap, items[i])
      assert.is_nil(items[i].slot)
    end
    local last, count = -1, 0
    while heap[1] do
      local first = heap[1]
      assert.is_true(first.at >= last)
      last, count = first.at, count + 1
      timers.remove(heap, first)
    end
    assert.equal(333, count)
    assert.equal(0, heap.n)
  end)
end)
