import { lexTemplate, syntaxError, type Token } from "./lexer.ts";
import type { Branch, Command, Expression, Node, Pipeline } from "./nodes.ts";

/** Deeper nesting of blocks or parentheses is refused, so that neither parser nor evaluator runs out of stack. */
const deepestNesting = 100;

const refusedWords: ReadonlySet<string> = new Set(["define", "template", "block"]);

/**
 * Parses a Go template (https://pkg.go.dev/text/template) except `define`, `template` and `block`.
 *
 * @throws EngineError `invalidValue` with text/template's sentence.
 */
export function parseTemplate(template: string, functions: ReadonlySet<string>): readonly Node[] {
  return new TemplateParser(template, functions).parse();
}

class TemplateParser {
  readonly #template: string;
  readonly #functions: ReadonlySet<string>;
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  #loops = 0;
  #variables: string[] = ["$"];

  constructor(template: string, functions: ReadonlySet<string>) {
    this.#template = template;
    this.#functions = functions;
    this.#tokens = lexTemplate(template);
  }

  parse(): readonly Node[] {
    const list = this.#list();
    if (list.ended !== "end of text") throw this.#wrong(`unexpected {{${list.ended}}}`);
    return list.nodes;
  }

  /** Nodes up to `{{end}}`, `{{else}}` or the end of the text; the word is read, what follows it is not. */
  #list(): { readonly nodes: readonly Node[]; readonly ended: "end" | "else" | "end of text" } {
    const nodes: Node[] = [];
    for (;;) {
      const token = this.#take();
      if (token.kind === "end") return { nodes, ended: "end of text" };
      if (token.kind === "text") {
        nodes.push({ kind: "text", text: token.text });
        continue;
      }
      this.#skipSpace();
      const word = this.#peek().kind === "word" ? this.#peek().text : "";
      if (word === "end" || word === "else") {
        this.#take();
        if (word === "end") this.#close("end");
        return { nodes, ended: word };
      }
      nodes.push(this.#action(word));
    }
  }

  #action(word: string): Node {
    if (word === "if" || word === "with" || word === "range") {
      this.#take();
      return this.#branch(word);
    }
    if (word === "break" || word === "continue") {
      this.#take();
      if (this.#loops === 0) throw this.#wrong(`{{${word}}} outside {{range}}`);
      this.#close(word);
      return { kind: word };
    }
    if (refusedWords.has(word)) throw this.#wrong(`{{${word}}} is not offered`);
    const pipeline = this.#pipeline("command");
    this.#close("command");
    return { kind: "print", pipeline };
  }

  #branch(kind: "if" | "with" | "range"): Branch {
    const known = this.#variables.length;
    this.#deeper(1);
    const pipeline = this.#pipeline(kind);
    this.#close(kind);
    this.#loops += kind === "range" ? 1 : 0;
    const first = this.#list();
    this.#loops -= kind === "range" ? 1 : 0;
    const otherwise = first.ended === "else" ? this.#otherwise(kind) : [];
    if (first.ended === "end of text") throw this.#wrong("unexpected EOF");
    this.#deeper(-1);
    this.#variables.length = known;
    return { kind, pipeline, body: first.nodes, otherwise };
  }

  #otherwise(kind: "if" | "with" | "range"): readonly Node[] {
    this.#skipSpace();
    const word = this.#peek();
    if (word.kind === "word" && word.text === kind && kind !== "range") {
      this.#take();
      return [this.#branch(kind)];
    }
    this.#close("else");
    const list = this.#list();
    if (list.ended === "end of text") throw this.#wrong("unexpected EOF");
    if (list.ended === "else") throw this.#wrong("expected end; found {{else}}");
    return list.nodes;
  }

  #pipeline(context: string): Pipeline {
    const declared = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      this.#skipSpace();
      const command = this.#command(context);
      if (commands.length > 0 && isConstant(command)) {
        throw this.#wrong(`non executable command in pipeline stage ${commands.length + 1}`);
      }
      commands.push(command);
      if (this.#peek().kind !== "pipe") break;
      this.#take();
    }
    if (!declared.assigns) this.#variables.push(...declared.variables);
    return { commands, ...declared };
  }

  /** `$x :=`, `$x =` or, in a range, `$i, $x :=` in front of a pipeline. */
  #declarations(context: string): { readonly variables: readonly string[]; readonly assigns: boolean } {
    const start = this.#next;
    const variables: string[] = [];
    for (;;) {
      this.#skipSpace();
      const variable = this.#take();
      if (variable.kind !== "variable") break;
      variables.push(variable.text);
      this.#skipSpace();
      const sign = this.#take();
      if (sign.kind === "declare" || sign.kind === "assign") {
        if (variables.length > (context === "range" ? 2 : 1)) throw this.#wrong(`too many declarations in ${context}`);
        if (sign.kind === "assign") for (const name of variables) this.#requireVariable(name);
        return { variables, assigns: sign.kind === "assign" };
      }
      if (sign.kind !== "comma") break;
    }
    this.#next = start;
    return { variables: [], assigns: false };
  }

  #command(context: string): Command {
    const words: Expression[] = [];
    const first = this.#peek();
    for (;;) {
      const word = this.#operand();
      if (word === undefined) break;
      words.push(word);
      if (this.#peek().kind !== "space") break;
      this.#skipSpace();
    }
    if (words.length === 0) {
      if (first.kind === "close" || first.kind === "pipe" || first.kind === "rightParen") {
        throw this.#wrong(first.kind === "close" && context !== "" ? `missing value for ${context}` : "empty command");
      }
      throw this.#unexpected(context === "" ? "command" : context);
    }
    const last = this.#tokens[this.#next];
    return { at: first.at, source: this.#template.slice(first.at, last?.at).trimEnd(), words };
  }

  #operand(): Expression | undefined {
    const token = this.#peek();
    const term = this.#term(token);
    if (term === undefined) return undefined;
    const path: string[] = [];
    const second = this.#peek();
    while (this.#peek().kind === "field") path.push(this.#take().text.slice(1));
    if (path.length === 0) return term;
    const source = this.#template.slice(token.at, this.#peek().at).trimEnd();
    if (term.kind === "field") return { ...term, at: second.at, source, path: [...term.path, ...path] };
    if (term.kind === "variable") return { ...term, source, path };
    if (term.kind === "chain") return { ...term, source, path };
    throw this.#wrong(`unexpected . after term ${JSON.stringify(term.source)}`);
  }

  #term(token: Token): Expression | undefined {
    const { at, text: source } = token;
    switch (token.kind) {
      case "dot":
        this.#take();
        return { kind: "dot", at, source };
      case "field":
        this.#take();
        return { kind: "field", at, source, path: [source.slice(1)] };
      case "variable":
        this.#take();
        this.#requireVariable(source);
        return { kind: "variable", at, source, name: source, path: [] };
      case "string":
      case "number":
        this.#take();
        return { kind: "literal", at, source, value: token.value ?? "" };
      case "word":
        this.#take();
        return this.#word(token);
      case "leftParen":
        return this.#parenthesis();
      default:
        return undefined;
    }
  }

  #word({ at, text }: Token): Expression {
    if (text === "true" || text === "false") return { kind: "literal", at, source: text, value: text === "true" };
    if (text === "nil") return { kind: "literal", at, source: text, value: null };
    if (!this.#functions.has(text)) throw this.#wrong(`function ${JSON.stringify(text)} not defined`);
    return { kind: "function", at, source: text, name: text };
  }

  #parenthesis(): Expression {
    const open = this.#take();
    this.#deeper(1);
    const pipeline = this.#pipeline("parenthesized pipeline");
    this.#skipSpace();
    if (this.#peek().kind !== "rightParen") throw this.#wrong("unclosed left paren");
    const close = this.#take();
    this.#deeper(-1);
    return { kind: "chain", at: open.at, source: this.#template.slice(open.at, close.at + 1), of: pipeline, path: [] };
  }

  #close(context: string): void {
    this.#skipSpace();
    const token = this.#take();
    if (token.kind !== "close") {
      this.#next -= 1;
      throw this.#unexpected(context);
    }
  }

  #requireVariable(name: string): void {
    if (!this.#variables.includes(name)) throw this.#wrong(`undefined variable ${JSON.stringify(name)}`);
  }

  #deeper(by: 1 | -1): void {
    this.#depth += by;
    if (this.#depth > deepestNesting) throw this.#wrong("blocks and parentheses are nested too deep");
  }

  #skipSpace(): void {
    while (this.#peek().kind === "space") this.#next += 1;
  }

  #peek(): Token {
    return this.#tokens[Math.min(this.#next, this.#tokens.length - 1)] ?? { kind: "end", text: "", at: 0 };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next += 1;
    return token;
  }

  #unexpected(context: string): Error {
    const token = this.#peek();
    if (token.kind === "rightParen") return this.#wrong("unexpected right paren");
    return this.#wrong(`unexpected <${token.text}> in ${context}`);
  }

  #wrong(message: string): Error {
    return syntaxError(this.#template, this.#peek().at, message);
  }
}

/** Only a function or a field can take the value of the stage before it. */
function isConstant(command: Command): boolean {
  const first = command.words[0];
  return (
    first === undefined ||
    first.kind === "literal" ||
    first.kind === "dot" ||
    (first.kind === "chain" && first.path.length === 0)
  );
}
