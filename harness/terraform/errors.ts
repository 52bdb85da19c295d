/** Terraform could not do what it was asked; the message says what happened and what to do about it. */
export class TerraformError extends Error {
  override readonly name = 'TerraformError';
}
