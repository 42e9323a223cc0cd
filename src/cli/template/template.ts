import { sanitizeLines } from "../render/sanitize.ts";
import { CallFailure, templateFunctions } from "./functions.ts";
import { positionOf, templateError } from "./lexer.ts";
import type { Branch, Command, Expression, Node, Pipeline } from "./nodes.ts";
import { parseTemplate } from "./parser.ts";
import { formatValue, isMap, isStruct, isTrue, sortedEntries, type TemplateValue, typeName } from "./values.ts";

/** A template that loops or prints more than this is stopped. */
const mostSteps = 1_000_000;
const longestOutput = 16 * 1024 * 1024;

/** A Go template that was read without errors. */
export interface Template {
  /**
   * Fills the template with `value`. Whatever comes from the value is made harmless for a terminal.
   *
   * @throws EngineError `invalidValue` with text/template's sentence for a field that does not exist or a failing call.
   */
  render(value: TemplateValue): string;
}

/**
 * Reads a Go template.
 *
 * @throws EngineError `invalidValue` with text/template's sentence.
 */
export function compileTemplate(source: string): Template {
  const nodes = parseTemplate(source, new Set(templateFunctions.keys()));
  return { render: (value) => new Evaluation(source, value).run(nodes) };
}

interface Variable {
  readonly name: string;
  value: TemplateValue;
}

type Flow = "next" | "break" | "continue";

class Evaluation {
  readonly #source: string;
  readonly #variables: Variable[];
  readonly #root: TemplateValue;
  #output = "";
  #steps = 0;

  constructor(source: string, root: TemplateValue) {
    this.#source = source;
    this.#root = root;
    this.#variables = [{ name: "$", value: root }];
  }

  run(nodes: readonly Node[]): string {
    this.#walk(nodes, this.#root);
    return this.#output;
  }

  #walk(nodes: readonly Node[], dot: TemplateValue): Flow {
    for (const node of nodes) {
      const flow = this.#node(node, dot);
      if (flow !== "next") return flow;
    }
    return "next";
  }

  #node(node: Node, dot: TemplateValue): Flow {
    this.#step();
    if (node.kind === "text") this.#print(node.text);
    else if (node.kind === "print") this.#printPipeline(node.pipeline, dot);
    else if (node.kind === "break" || node.kind === "continue") return node.kind;
    else return this.#branch(node, dot);
    return "next";
  }

  #printPipeline(pipeline: Pipeline, dot: TemplateValue): void {
    const value = this.#pipeline(pipeline, dot);
    if (pipeline.variables.length > 0) return;
    this.#print(sanitizeLines(value === undefined || value === null ? "<no value>" : formatValue(value)));
  }

  #print(text: string): void {
    this.#output += text;
    if (this.#output.length > longestOutput) throw templateError(": the output is too long", 1);
  }

  #branch(branch: Branch, dot: TemplateValue): Flow {
    const known = this.#variables.length;
    const value = this.#pipeline(branch.pipeline, dot);
    let flow: Flow = "next";
    if (branch.kind === "range") flow = this.#range(branch, value, dot);
    else if (!isTrue(value)) flow = this.#walk(branch.otherwise, dot);
    else flow = this.#walk(branch.body, branch.kind === "with" ? value : dot);
    this.#variables.length = known;
    return flow;
  }

  #range(branch: Branch, value: TemplateValue, dot: TemplateValue): Flow {
    const entries = this.#entries(branch, value);
    if (entries.length === 0) return this.#walk(branch.otherwise, dot);
    const known = this.#variables.length;
    for (const [key, item] of entries) {
      this.#step();
      this.#bind(branch.pipeline, key, item);
      const flow = this.#walk(branch.body, item);
      this.#variables.length = known;
      if (flow === "break") break;
    }
    return "next";
  }

  /** The loop variables live where the pipeline declared them, and are set anew in each round. */
  #bind({ variables, assigns }: Pipeline, key: TemplateValue, item: TemplateValue): void {
    const values = variables.length === 2 ? [key, item] : [item];
    variables.forEach((name, index) => {
      const known = assigns ? this.#variables.findLast((variable) => variable.name === name) : undefined;
      if (known === undefined) this.#variables.push({ name, value: values[index] });
      else known.value = values[index];
    });
  }

  #entries(branch: Branch, value: TemplateValue): readonly (readonly [TemplateValue, TemplateValue])[] {
    if (value === null || value === undefined) return [];
    if (Array.isArray(value)) return value.map((item, index) => [index, item]);
    if (isMap(value)) return sortedEntries(value);
    if (typeof value === "number" && Number.isInteger(value)) {
      if (value > mostSteps) throw this.#tooLong();
      return Array.from({ length: Math.max(0, value) }, (_, index) => [index, index]);
    }
    const { at, source } = branch.pipeline.commands.at(-1) ?? { at: 0, source: "" };
    throw this.#failure({ at, source }, `range can't iterate over ${formatValue(value)}`);
  }

  #pipeline(pipeline: Pipeline, dot: TemplateValue): TemplateValue {
    let value: TemplateValue;
    pipeline.commands.forEach((command, index) => {
      value = this.#command(command, dot, index === 0 ? [] : [value]);
    });
    const { variables, assigns } = pipeline;
    if (variables.length === 1) this.#bind({ ...pipeline, variables, assigns }, undefined, value);
    return value;
  }

  #command(command: Command, dot: TemplateValue, piped: readonly TemplateValue[]): TemplateValue {
    this.#step();
    const [first, ...others] = command.words;
    if (first === undefined) return undefined;
    if (first.kind === "function") return this.#call(first.name, command, { dot, others, piped });
    if (others.length > 0 || piped.length > 0) {
      throw this.#failure(first, `can't give argument to non-function ${first.source}`);
    }
    if (first.kind === "literal" && first.value === null) throw this.#failure(first, "nil is not a command");
    return this.#value(first, dot);
  }

  #call(name: string, place: Place, from: CallSource): TemplateValue {
    const called = templateFunctions.get(name);
    if (called === undefined) throw this.#failure(place, `${JSON.stringify(name)} is not a defined function`);
    const { least, most, call } = called;
    const given = from.others.length + from.piped.length;
    if (given < least || given > most) {
      const want = least === most ? `${least}` : given < least ? `at least ${least}` : `at most ${most}`;
      throw this.#failure(place, `wrong number of args for ${name}: want ${want} got ${given}`);
    }
    const values = name === "and" || name === "or" ? this.#untilDecided(name, from) : this.#arguments(from);
    try {
      return call(values);
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error;
      throw this.#failure(place, `error calling ${name}: ${error.message}`);
    }
  }

  #arguments({ dot, others, piped }: CallSource): readonly TemplateValue[] {
    return [...others.map((word) => this.#value(word, dot)), ...piped];
  }

  /** `and` and `or` look at no more arguments than they need. */
  #untilDecided(name: "and" | "or", { dot, others, piped }: CallSource): readonly TemplateValue[] {
    const values: TemplateValue[] = [];
    for (const word of others) {
      values.push(this.#value(word, dot));
      if (isTrue(values.at(-1)) === (name === "or")) return values;
    }
    return [...values, ...piped];
  }

  #value(word: Expression, dot: TemplateValue): TemplateValue {
    switch (word.kind) {
      case "literal":
        return word.value;
      case "dot":
        return dot;
      case "field":
        return this.#fields(word, dot, word.path);
      case "variable":
        return this.#fields(word, this.#variables.findLast(({ name }) => name === word.name)?.value, word.path);
      case "chain":
        return this.#fields(word, this.#pipeline(word.of, dot), word.path);
      case "function":
        return this.#call(word.name, word, { dot, others: [], piped: [] });
    }
  }

  #fields(place: Place, start: TemplateValue, path: readonly string[]): TemplateValue {
    return path.reduce<TemplateValue>((value, name) => this.#field(place, value, name), start);
  }

  #field(place: Place, value: TemplateValue, name: string): TemplateValue {
    if (isMap(value)) return value.get(name);
    if (isStruct(value)) {
      if (Object.hasOwn(value, name)) return value[name];
      throw this.#failure(place, `map has no entry for key ${JSON.stringify(name)}`);
    }
    if (value === null || value === undefined)
      throw this.#failure(place, `nil data; no entry for key ${JSON.stringify(name)}`);
    throw this.#failure(place, `can't evaluate field ${name} in type ${typeName(value)}`);
  }

  #step(): void {
    this.#steps += 1;
    if (this.#steps > mostSteps) throw this.#tooLong();
  }

  #tooLong(): Error {
    return templateError(": the template runs too long", 1);
  }

  #failure({ at, source }: Place, message: string): Error {
    const shown = source.length > 60 ? `${source.slice(0, 57)}...` : source;
    return templateError(`${positionOf(this.#source, at)}: executing "" at <${shown}>: ${message}`, 1);
  }
}

interface Place {
  readonly at: number;
  readonly source: string;
}

interface CallSource {
  readonly dot: TemplateValue;
  readonly others: readonly Expression[];
  readonly piped: readonly TemplateValue[];
}
