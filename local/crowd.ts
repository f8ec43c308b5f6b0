/** How many groups of one turn, and how many callers of a group or of a flush, are still few. */
export const FEW = 2;

/** How many small groups in a row end a crowd. */
const SMALL_GROUPS = 16;

/**
 * Whether callers come one by one or in a crowd, by how many come in one turn of the event loop. A lone caller's work is
 * best committed at once; the work of a crowd is committed together at the end of the turn, and shares one flush.
 */
export class Crowd {
  #isThere = false;
  #groupsOfTurn = 0;
  #smallGroups = 0;

  get isThere(): boolean {
    return this.#isThere;
  }

  groupCommitted(callers: number): void {
    if (this.#isThere) this.#noteSize(callers);
    else if (this.#groupsOfTurn++ === 0) setImmediate(() => this.#turnEnded());
  }

  #noteSize(callers: number): void {
    this.#smallGroups = callers <= FEW ? this.#smallGroups + 1 : 0;
    this.#isThere = this.#smallGroups < SMALL_GROUPS;
  }

  #turnEnded(): void {
    this.#isThere = this.#groupsOfTurn > FEW;
    this.#groupsOfTurn = 0;
    this.#smallGroups = 0;
  }
}
