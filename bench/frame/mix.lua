-- The mix of deploy's readers: verify 60%, search 30%, one filing 10%. PATHS is a file: kind, tab, path.
local paths = { verify = {}, search = {}, filing = {} }
for line in io.lines(os.getenv("PATHS")) do
  local kind, path = line:match("^(%a+)\t(.+)$")
  table.insert(paths[kind], path)
end
function request()
  local dice = math.random(10)
  local kind = dice <= 6 and "verify" or dice <= 9 and "search" or "filing"
  return wrk.format("GET", paths[kind][math.random(#paths[kind])])
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("FIGURES %d %d %d %d %d\n", summary.requests - e.status, summary.duration,
    latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.timeout + e.status))
end
