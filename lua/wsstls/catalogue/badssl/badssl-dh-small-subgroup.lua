return require "wsstls".scenario {
  name = "badssl-dh-small-subgroup", fault = "none",
  title = "Diffie-Hellman in a small subgroup",
  text = "The generator has 65,000 powers at most. A client cannot see that "
    .. "without the order, which TLS 1.2 does not send: this is accepted.",
  tags = { "badssl", "catalogue", "control" },
  versions = { "TLSv1.2" },

  pki = function(pki)
    local root = pki.ca { cn = "Test Root" }
    return { root = root, good = pki.dhparam(2048),
      server = root:issue { cn = "localhost", dns = "localhost",
        key = { type = "rsa" } },
      dh = [[
-----BEGIN DH PARAMETERS-----
MIICCQKCAQEA4v6lo0zpqMOzxBThQwO2bjYn1b/OBzI4DjMW9sWhHrB1EZwN6vyp
hq8cI0t4jFVteB+KZzHNrsiQL1ggHRBux7fhXwT97Q6xUyd5JPug3yj0Lobfh/rF
InEFLZAzKk9qNs/Osuzr+Udl8hXGj3c4v0AohVcgKE5LcdO+OQbgH5/KgSuz40U3
mGwRgsoeGhPR49XjpbMZQhnusDAZS5n6pZ87yIG4gPiAwhjAUXyCP2oMdfAiPbZK
h8LJPQ0kNa+ovxwFHSFaea7aUZuGVg6vEAf6QqMYtrJ0+uAhGBQsaaRuaHGeHI+y
4jnuyLt68oXChOJJfz1SKghbwXH+N3C9uwKCAQBR0L7Kn6Q5s/Cxv8ZdKT5AJg5s
aPD1ZMj+3FP4FlJXOsbMJUm4SKfZJj9KpGHA0YI7yGfyjCBKbbFm3gu0mQaVLQzh
DdnZRZONNx5WOueuQ1uhq2MQpjaLkqWIKCP3xsQNN7oEo4RPEvVu8nenCefaVdaJ
XesWgmromfuzSfMT2LU/tU58DkUoEHVReOUAh1arlU35Sg2wH4Mc2kZ4sd/iHcyt
swESsqHH+0bpL6jWmU9WMdmCUMovKOHqK4iRj24nEsWJ8y+8UltPfZ6sxP47sV9O
FqC3nEN6uylzwsJgOVMmY334JcPyZUOx2/on4Qyr0eP1JTt/w+Ek/fNV+E6Z
-----END DH PARAMETERS-----
]] }
  end,

  server = { cert = "$server", dh_file = "$dh", security_level = 0 },
  client = {
    ca = "$root",
    ciphers = "DHE-RSA-AES128-GCM-SHA256",
  },

  expect = {
    client = { ok = true },
    server = { ok = true },
  },
  fixed = { server = { dh_file = "$good" } },
}
