/** A finding about a definition, as ValidateStateMachineDefinition returns it. */
export interface Diagnostic {
  severity: "ERROR" | "WARNING";
  code: string;
  message: string;
  /** Where it is, as `/States/Pay/Retry[0]/ErrorEquals`; a finding about the whole definition has none. */
  location: string | undefined;
}

/** The most findings that are kept, so that a definition made of mistakes cannot grow the answer without end. */
const FINDINGS_MAX = 1000;

/** Collects what the checks find, in the order they find it. */
export class Report {
  readonly #found: Diagnostic[] = [];
  readonly #uncovered: Diagnostic[] = [];
  #failed = false;

  /** Whether any finding forbids the definition on AWS. */
  get failed(): boolean {
    return this.#failed;
  }

  get diagnostics(): Diagnostic[] {
    return this.#found;
  }

  /** What AWS takes and the endpoint has not. It counts only where AWS finds nothing wrong, so that a mistake reads as it does there. */
  get notCovered(): Diagnostic[] {
    return this.#uncovered;
  }

  error(code: string, message: string, location: string | undefined): void {
    this.#failed = true;
    add(this.#found, { severity: "ERROR", code, message, location });
  }

  /** The usual error: the definition does not have the form the States Language asks for. */
  schema(message: string, location: string | undefined): void {
    this.error("SCHEMA_VALIDATION_FAILED", message, location);
  }

  /** What is right on AWS, but nothing the endpoint could carry out. */
  uncovered(message: string, location: string): void {
    add(this.#uncovered, { severity: "ERROR", code: "SCHEMA_VALIDATION_FAILED", message, location });
  }

  warning(code: string, message: string, location: string): void {
    add(this.#found, { severity: "WARNING", code, message, location });
  }
}

function add(findings: Diagnostic[], diagnostic: Diagnostic): void {
  if (findings.length < FINDINGS_MAX) findings.push(diagnostic);
}

/** The sentence CreateStateMachine and UpdateStateMachine refuse a definition with: every error, joined as AWS joins them. */
export function invalidDefinitionMessage(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "ERROR");
  const parts = errors.map(({ code, message, location }) => `${code}: ${message} at ${location ?? "null"}`);
  return `Invalid State Machine Definition: '${parts.join(", ")}'`;
}
