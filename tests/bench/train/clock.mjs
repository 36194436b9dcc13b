/** Milliseconds that this thread, or where Node cannot tell this process, has computed: other work on the machine does not count. */
export function cpuMs() {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1000;
}
