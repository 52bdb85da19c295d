/** What was asked of the services once, until something changes. */
export class Cache {
  private readonly entries = new Map<string, Promise<unknown>>();

  /** The value under a key, loaded at the first time; a load that fails is tried again at the next. */
  async get<T>(key: string, load: () => Promise<T>): Promise<T> {
    let entry = this.entries.get(key) as Promise<T> | undefined;
    if (entry === undefined) {
      entry = load();
      this.entries.set(key, entry);
      const loading = entry;
      loading.catch(() => {
        if (this.entries.get(key) === loading) {
          this.entries.delete(key);
        }
      });
    }
    return entry;
  }

  clear(): void {
    this.entries.clear();
  }
}
