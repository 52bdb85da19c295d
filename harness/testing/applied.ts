import { Stage } from '../lab/acts/stage';
import { type Lab, type LabOptions, startLab } from '../lab/lab';

/** What Terraform applied, with a stage to play on and every worker of the group at work. */
export interface Applied extends AsyncDisposable {
  readonly lab: Lab;
  readonly stage: Stage;
  /** What went wrong in the fleet outside of any request, so far. */
  readonly problems: readonly string[];
}

/** Starts a lab for tests; they dispose of it, also when they fail. */
export async function applied(options: LabOptions = {}): Promise<Applied> {
  const problems: string[] = [];
  const lab = await startLab({
    ...options,
    onProgress: (message) => {
      if (message.startsWith('the fleet:')) {
        problems.push(message);
      }
    },
  });
  const stage = new Stage(lab, () => undefined);
  const dispose = async (): Promise<void> => {
    stage.close();
    await lab.close();
  };
  try {
    await stage.groupReady();
  } catch (error) {
    await dispose();
    throw error;
  }
  return { lab, stage, problems, [Symbol.asyncDispose]: dispose };
}
