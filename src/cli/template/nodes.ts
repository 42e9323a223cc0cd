/** A value or call inside `{{ }}`; `at` and `source` are for messages. */
export type Expression = { readonly at: number; readonly source: string } & (
  | { readonly kind: "literal"; readonly value: string | number | boolean | null }
  | { readonly kind: "dot" }
  | { readonly kind: "variable"; readonly name: string; readonly path: readonly string[] }
  | { readonly kind: "field"; readonly path: readonly string[] }
  | { readonly kind: "function"; readonly name: string }
  | { readonly kind: "chain"; readonly of: Pipeline; readonly path: readonly string[] }
);

/** A first word and what it is called with. */
export interface Command {
  readonly at: number;
  readonly source: string;
  readonly words: readonly Expression[];
}

export interface Pipeline {
  readonly commands: readonly Command[];
  readonly variables: readonly string[];
  /** `$x = ...` changes a variable that exists, `$x := ...` makes one. */
  readonly assigns: boolean;
}

export type Node =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "print"; readonly pipeline: Pipeline }
  | Branch
  | { readonly kind: "break" }
  | { readonly kind: "continue" };

export interface Branch {
  readonly kind: "if" | "with" | "range";
  readonly pipeline: Pipeline;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[];
}
