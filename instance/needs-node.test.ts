import { needsNode } from './needs-node';

describe('the version of Node', () => {
  it.each(['20.19.0', '22.18.9'])('%s is refused with the one that is needed', (version) => {
    expect(() => {
      needsNode('upload-pipeline/worker', version);
    }).toThrow(`upload-pipeline/worker needs Node 22.19 or newer; this is Node ${version}`);
  });

  it.each(['22.19.0', '22.23.3', '24.0.0'])('%s is taken', (version) => {
    expect(() => {
      needsNode('upload-pipeline/worker', version);
    }).not.toThrow();
  });
});
