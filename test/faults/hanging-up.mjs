// Loaded before a courier (--import): sends it SIGHUP as soon as it heeds signals, long before it has read its configuration.
const { on } = process;
process.on = function (name, listener) {
  const result = on.call(this, name, listener);
  if (name === "SIGTERM") process.kill(process.pid, "SIGHUP");
  return result;
};
