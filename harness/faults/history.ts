/** What happened to one upload, in the order in which it was seen. */
export type Event =
  /** Somebody began to upload it: from here on it may exist. */
  | { readonly kind: 'attempted'; readonly name: string }
  /** S3 said that it has it: from here on it must not be lost. */
  | { readonly kind: 'acknowledged'; readonly name: string }
  /** A result was seen under the processed prefix, with how many versions it has. */
  | { readonly kind: 'processed'; readonly name: string; readonly versions: number }
  /** It was seen under the uploads prefix still, at the end. */
  | { readonly kind: 'waiting'; readonly name: string };

/** What was attempted, acknowledged and seen: all that a verdict is computed from. */
export class History {
  private readonly recorded: Event[] = [];

  get events(): readonly Event[] {
    return this.recorded;
  }

  add(event: Event): void {
    this.recorded.push(event);
  }
}
