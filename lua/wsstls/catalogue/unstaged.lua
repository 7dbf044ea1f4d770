--- The codes that no scenario shows, and why: `code = reason`.
-- A code of the table that has a scenario, or one that has none and no
-- reason, fails `spec/scenario/catalogue_spec.lua`.
-- @module wsstls.catalogue.unstaged
local PROGRAM = "about a program that a scenario starts, not about a "
  .. "connection; docs/scenarios.md"

return {
  ["config-scenario-unusable"] = "about a scenario's own file",
  ["program-not-started"] = PROGRAM,
  ["program-not-ready"] = PROGRAM,
  ["dns-failed"] = "needs a resolver that is out of order; one that works "
    .. "says dns-not-found",
  ["limit-memory"] = "exhausting memory would hit everything else that runs; "
    .. "spec/core/allocation_spec.lua lets the allocator fail instead",
  ["timeout"] = "a wait that ended, not a connection: nothing is wrong with "
    .. "it, and it stays usable",
  ["cancelled"] = "the caller's own wish, not a connection's end",
  ["unknown"] = "what nobody has thought of yet",
}
