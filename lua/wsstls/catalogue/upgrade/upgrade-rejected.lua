return require "wsstls".scenario {
  name = "upgrade-rejected", fault = "server",
  title = "An answer that is neither 101 nor one of the better known",
  text = "Any status without a name of its own; the observation has it all.",
  tags = { "upgrade", "catalogue" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root,
      server = root:issue { cn = "localhost", dns = "localhost" } }
  end,

  server = {
    cert = "$server",
    on_upgrade = function()
      return { status = 500 }
    end,
  },
  client = { ca = "$root" },

  expect = {
    client = {
      code = "upgrade-rejected",
      phase = "upgrade", fault = "server", rejected_by = "server",
      http_status = 500,
    },
    server = { code = "upgrade-refused", phase = "upgrade", http_status = 500 },
  },
  fixed = { server = { on_upgrade = function() return true end } },
}
