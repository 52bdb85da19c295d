/** Who sends something without that a call shows it, as policies speak of it. */
export type Sender =
  /** A service of AWS, on behalf of one of the account's resources. */
  | { readonly kind: 'service'; readonly name: string; readonly sourceArn: string }
  /** A service of AWS, as a role that it assumes. */
  | { readonly kind: 'role'; readonly roleArn: string; readonly assumedBy: string };

/** Who writes objects for a service: by its own name, or as an account that AWS keeps for it. */
export type Writer =
  | { readonly kind: 'service'; readonly name: string; readonly sourceArn: string }
  | { readonly kind: 'account'; readonly accountId: string };

/** Tells what policies let the services do that the fleet stands for. */
export interface Rights {
  /** Whether the trust policy of a role lets a service assume it. A refusal is listed. */
  mayAssume(service: string, roleArn: string): Promise<boolean>;
  /** @throws Error, in AWS's words, when the sender may not send to a topic or a queue. That is listed as well. */
  checkSend(sender: Sender, targetArn: string): Promise<void>;
  /** Whether one of the writers may put an object into S3. A refusal is listed, as that of the first. */
  mayPut(
    writers: readonly [Writer, ...Writer[]],
    object: { readonly bucket: string; readonly key: string },
  ): Promise<boolean>;
}
