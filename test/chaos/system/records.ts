/** What the clients of the API know: what they asked for, and what they were told. */

export interface AskedChange {
  /** Stands in the change's note, so that its entry is known by it. */
  readonly name: string;
  readonly to: string;
  /** The event's id, once the API has acknowledged the change. */
  eventId: string | undefined;
}

export interface KnownRecord {
  readonly id: string;
  readonly trackingUrl: string;
  readonly changes: AskedChange[];
}

/** What is counted of any kind of record. */
export class Tally {
  attempted = 0;
  acknowledged = 0;
  /** Sendings that were not answered, or answered with "come again". */
  repeated = 0;
  readonly lost: string[] = [];
  readonly unexpected: string[] = [];
  readonly duplicated: string[] = [];
  readonly outOfOrder: string[] = [];
  readonly notEnded: string[] = [];

  report(title: string): string {
    const { lost, unexpected, duplicated, outOfOrder, notEnded } = this;
    const counts = [
      `attempted ${this.attempted}`,
      `acknowledged ${this.acknowledged}`,
      `lost ${lost.length}`,
      `unexpected ${unexpected.length}`,
      `duplicated ${duplicated.length}`,
      `out of order ${outOfOrder.length}`,
      `executions not ended ${notEnded.length}`,
    ];
    return `${title}: ${counts.join(", ")} (${this.repeated} sendings repeated)`;
  }

  complain(what: string, { status, body }: { readonly status: number; readonly body: object }): undefined {
    this.unexpected.push(`${what} was answered with ${status}: ${JSON.stringify(body)}`);
  }

  complaints(): string[] {
    return [
      ...this.lost.map((what) => `lost: ${what}`),
      ...this.unexpected.map((what) => `unexpected: ${what}`),
      ...this.duplicated.map((what) => `duplicated: ${what}`),
      ...this.outOfOrder.map((what) => `out of order: ${what}`),
      ...this.notEnded.map((what) => `not ended: ${what}`),
    ].slice(0, 20);
  }
}

/** Requests, with all that was asked for and told of each. */
export class Records extends Tally {
  readonly known = new Map<string, KnownRecord>();
}
