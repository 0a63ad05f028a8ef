-- Casts the ballots of BOX_VOTERS (a file: cookie, tab, CSRF token; one voter a line) in turn, each under a new key.
local voters, at, run = {}, 0, nil
for line in io.lines(os.getenv("BOX_VOTERS")) do
  local cookie, token = line:match("^(.-)\t(.*)$")
  voters[#voters + 1] = {cookie = cookie, token = token}
end
local ballot, path = os.getenv("BOX_BALLOT"), os.getenv("BOX_PATH")

function init()
  run = string.format("%x-%s", os.time(), tostring({}):match("0x(%x+)"))
  at = tonumber(run:sub(-3), 16) or 0
end

function request()
  at = at + 1
  local voter = voters[at % #voters + 1]
  local body = string.format("csrf_token=%s&key=%s-%d&ballot=%s", voter.token, run, at, ballot)
  local headers = {["Cookie"] = voter.cookie, ["Content-Type"] = "application/x-www-form-urlencoded"}
  return wrk.format("POST", path, headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.6f, "p50_ms": %.3f, "p95_ms": %.3f, "p99_ms": %.3f, "bytes": %d, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
