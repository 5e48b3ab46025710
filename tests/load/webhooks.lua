-- wrk -s webhooks.lua URL FILE: posts the signed webhooks of FILE ("signature body" lines) one after the other. Says
-- on standard error how many it sent, so that the caller sees whether the file was long enough.
local requests, n = {}, 0

function init(args)
  for line in io.lines(args[1]) do
    local signature, body = line:match("^(%S+) (.*)$")
    requests[#requests + 1] = wrk.format("POST", nil,
      { ["Content-Type"] = "application/json", ["X-Hub-Signature-256"] = signature, Host = wrk.headers["Host"] }, body)
  end
end

function request()
  n = n + 1
  return requests[(n - 1) % #requests + 1]
end

function done(summary)
  io.stderr:write(summary.requests, "\n")
end
