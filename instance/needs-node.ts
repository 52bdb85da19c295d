/** The oldest Node that the worker is tested and documented for (docs/worker-guide.md). */
const OLDEST = [22, 19] as const;

/**
 * The package itself installs on older versions, for its modules. There a consumer would fail with what they lack,
 * `Promise.withResolvers is not a function`.
 *
 * @throws Error that names the version got and the one needed.
 */
export function needsNode(what: string, version = process.versions.node): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  throw new Error(`${what} needs Node ${OLDEST.join('.')} or newer; this is Node ${version}`);
}
