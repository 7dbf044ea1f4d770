--- Errors: one table per failure, which prints as a sentence to act on.
--
-- `{ code, phase, fault, rejected_by, message, observation, temporary }` with
-- the metatable `errors.mt`. What the sentence and the story say comes from
-- the diagnosis, so that every way of printing an error agrees.
-- @module wsstls.errors
local codes = require "wsstls.codes"
local infer = require "wsstls.diagnosis.infer"

local errors = {}

local methods = {}

--- The metatable of every error ("wsstls.Error").
errors.mt = { __name = "wsstls.Error" }

-- The sentence is made when somebody asks for it: of thousands of failures
-- most are counted by their code. Then it stays.
errors.mt.__index = function(err, key)
  if key ~= "message" then return methods[key] end
  local message = require("wsstls.diagnosis").sentence(err)
  rawset(err, "message", message)
  return message
end

-- What the record alone says of how it ended; its message, too, is made when
-- it is asked for.
local function outcome_of(err, observation)
  local outcome = { code = err.code, phase = err.phase, fault = err.fault,
                    rejected_by = err.rejected_by, detail = err.detail,
                    temporary = err.temporary }
  return setmetatable(outcome, { __index = function(_, key)
    if key ~= "message" then return nil end
    setmetatable(outcome, nil)
    outcome.message = require("wsstls.diagnosis").sentence(observation)
    return outcome.message
  end })
end

--- True when `x` is an error made here.
function errors.is(x)
  return type(x) == "table" and getmetatable(x) == errors.mt
end

local function member(list, value)
  for _, item in ipairs(list) do
    if item == value then return value end
  end
  return nil
end

--- A new error.
-- @tparam table o `code` (required: one of `wsstls.codes`), and as far as
-- they are known `phase`, `fault`, `rejected_by`, `message` (more than the
-- code's own sentence: "server.pem: the file is empty"), `observation`,
-- `side` ("client" | "server", when there is no observation to say it)
-- @treturn table the error; it keeps `observation` by reference
function errors.new(o)
  local row = codes.get(o.code)
  if not row then
    error(("no such error code: %s"):format(tostring(o.code)), 2)
  end
  local observation = o.observation
  local side = o.side or (observation and observation.side)
  local err = {
    code = o.code,
    phase = member(codes.phases, o.phase) or row.phase,
    fault = member(codes.parties, o.fault) or codes.fault(o.code, side),
    rejected_by = member(codes.parties, o.rejected_by)
      or observation and infer.rejection(observation) or "unknown",
    temporary = row.temporary,
    observation = observation,
    detail = o.message,
  }
  -- 502, 503 and 504 are the statuses of an answer that may be another one
  -- in a minute (RFC 9110 15.6).
  local status = observation and observation.http and observation.http.status
  if o.code == "upgrade-rejected"
     and (status == 502 or status == 503 or status == 504) then
    err.temporary = true
  end
  return setmetatable(err, errors.mt)
end

--- The error of a connection that ended badly.
-- @tparam table outcome the core's `{code, phase, fault, rejected_by,
-- message}`; "unknown" there means not known
-- @tparam[opt] table observation the connection's record
-- @treturn table an error as `errors.new` gives it
function errors.from_core(outcome, observation)
  local function known(value) return value ~= "unknown" and value or nil end
  local err = errors.new {
    code = codes.get(outcome.code) and outcome.code or "unknown",
    phase = outcome.phase ~= "none" and outcome.phase or nil,
    fault = known(outcome.fault),
    rejected_by = known(outcome.rejected_by),
    message = outcome.message ~= "" and outcome.message or nil,
    observation = observation,
  }
  -- the record alone (in a file, in server:failures) says how it ended too
  if observation and not observation.error then
    observation.error = outcome_of(err, observation)
  end
  return err
end

--- `nil, err, code` in one call: what every function returns on failure.
-- @param ... as for `errors.new`
function errors.fail(o)
  local err = errors.new(o)
  return nil, err, err.code
end

--- As Lua's assert, for errors that are tables: the assert of Lua 5.1 and 5.2
-- takes strings only. Returns its arguments, or raises the second one.
function errors.assert(...)
  local ok, err = ...
  if ok then return ... end
  error(err == nil and "assertion failed!" or err, 0)
end

--- True when `slug` is the error's code, or a refinement of it for which the
-- record speaks.
-- @tparam string slug
-- @tparam table err
function errors.matches(slug, err)
  return require("wsstls.diagnosis").matches(slug, err)
end

--- The story over several lines, at most 80 columns wide.
-- @tparam[opt] table options as for `wsstls.report.text`
function methods:story(options)
  return require("wsstls.report.text").story(self, options)
end

--- What is behind it, cause first: as `wsstls.diagnosis.diagnose`.
function methods:findings()
  return require("wsstls.diagnosis").diagnose(self)
end

--- As `errors.matches(slug, self)`.
function methods:matches(slug) return errors.matches(slug, self) end

errors.mt.__tostring = function(err)
  return ("%s: %s"):format(err.code, err.message)
end

errors.mt.__concat = function(a, b) return tostring(a) .. tostring(b) end

return errors
