import assert from "node:assert/strict";
import { test } from "node:test";
import { compileTemplate } from "../../../../src/cli/template/index.ts";

const labels = new Map([
  ["b", "2"],
  ["a", "1"],
]);
const subject = {
  Name: "default",
  Empty: "",
  Size: 42,
  Zero: 0,
  On: true,
  Off: false,
  Nothing: null,
  List: ["x", "y", "z"],
  None: [],
  Labels: labels,
  Config: { Env: ["A=1", "B=2"], Labels: labels, Deep: { Er: "bottom" } },
};

/** Template and output; those without fields of `subject` print the same in docker's own client. */
const renders: readonly (readonly [string, string])[] = [
  ["", ""],
  ["plain", "plain"],
  ["a{{.Name}}b", "adefaultb"],
  ["{{ .Name }}", "default"],
  ["{{.Config.Deep.Er}}", "bottom"],
  ["{{(.Config).Deep.Er}}", "bottom"],
  ["{{.Size}} {{.On}} {{.List}} {{.None}}", "42 true [x y z] []"],
  ["{{.Labels}}", "map[a:1 b:2]"],
  ["{{.Config.Deep}}", "{bottom}"],
  ["{{.Nothing}}", "<no value>"],
  ["{{.Labels.nope}}", "<no value>"],
  ["{{.Labels.a}}", "1"],
  ['{{/* c */}}a {{- " b " -}} c', "a b c"],
  ["{{- /* c */ -}} x", "x"],
  ["a\n{{- .Name -}}\nb", "adefaultb"],
  ["{{1}} {{-1}} {{1.5}} {{0x10}} {{1_000}} {{'a'}} {{true}}", "1 -1 1.5 16 1000 97 true"],
  ['{{"a\\tb\\"\\u00e9\\x41"}}', 'a\tb"éA'],
  ["{{`raw\\n`}}", "raw\\n"],
  ["{{print nil}}", "<nil>"],
  ['{{print "a" 1 2 "b" "c" 3}}', "a1 2bc3"],
  ['{{println "a" 1 2 "b"}}', "a 1 2 b\n"],
  ["{{if .On}}y{{end}}", "y"],
  ["{{if .Off}}y{{end}}", ""],
  ["{{if .Off}}y{{else}}n{{end}}", "n"],
  ["{{if .Off}}1{{else if .On}}2{{else}}3{{end}}", "2"],
  ["{{if .Off}}1{{else if .Zero}}2{{else}}3{{end}}", "3"],
  ["{{if .Empty}}y{{else}}n{{end}}{{if .None}}y{{else}}n{{end}}{{if .Nothing}}y{{else}}n{{end}}", "nnn"],
  ["{{if .Config}}y{{end}}{{if .Labels}}y{{end}}{{if .List}}y{{end}}", "yyy"],
  ["{{with .Name}}<{{.}}>{{else}}none{{end}}", "<default>"],
  ["{{with .Empty}}<{{.}}>{{else}}none{{end}}", "none"],
  ["{{with .Empty}}1{{else with .Name}}{{.}}{{end}}", "default"],
  ["{{with $x := .Size}}{{$x}}{{end}}", "42"],
  ["{{with .Config}}{{$.Name}}{{end}}", "default"],
  ["{{range .List}}[{{.}}]{{end}}", "[x][y][z]"],
  ["{{range .None}}x{{else}}none{{end}}", "none"],
  ["{{range $i, $e := .List}}{{if $i}},{{end}}{{$e}}{{end}}", "x,y,z"],
  ["{{range $k, $v := .Labels}}{{$k}}={{$v}};{{end}}", "a=1;b=2;"],
  ["{{range .Labels}}{{.}}{{end}}", "12"],
  ["{{range $e := .List}}{{$e}}{{end}}", "xyz"],
  ['{{range .List}}{{if eq . "y"}}{{break}}{{end}}{{.}}{{end}}', "x"],
  ['{{range .List}}{{if eq . "y"}}{{continue}}{{end}}{{.}}{{end}}', "xz"],
  ["{{range 3}}{{.}}{{end}}", "012"],
  ["{{range .Nothing}}x{{else}}e{{end}}", "e"],
  ["{{$x := 3}}{{$x}}{{$x = 4}}{{$x}}", "34"],
  ["{{$x := 1}}{{range .List}}{{$x = .}}{{end}}{{$x}}", "z"],
  ["{{$x := 1}}{{if true}}{{$x := 2}}{{$x}}{{end}}{{$x}}", "21"],
  ["{{$c := .Config}}{{$c.Deep.Er}}", "bottom"],
  ['{{.Name | upper | printf "%q"}}', '"DEFAULT"'],
  ['{{"a" | printf "%s-%s" "b"}}', "b-a"],
  ['{{eq .Name "default"}} {{eq .Name "x" "default"}} {{ne 1 2}}', "true true true"],
  ['{{lt 1 2}} {{le 2 2}} {{gt "b" "a"}} {{ge 1 2}}', "true true true false"],
  ['{{and 1 0}} {{and 1 2}} {{or "" "x"}} {{or 0 ""}} {{not true}}', "0 2 x  false"],
  ["{{and .Off (index .List 99)}}", "false"],
  ["{{or .On (index .List 99)}}", "true"],
  ['{{index .List 1}} {{index .Labels "a"}} {{index .Labels "nope"}}|', "y 1 |"],
  ['{{index .Config.Env 0}} {{index .Config "Env"}}', "A=1 [A=1 B=2]"],
  ["{{(index .Config.Env 1)}}", "B=2"],
  ['{{index "abc" 1}}', "98"],
  ["{{index .Name}}", "default"],
  ["{{slice .Name 1 3}} {{slice .List 1}} {{slice .List 0 2}}", "ef [y z] [x y]"],
  ['{{len .Name}} {{len .List}} {{len .Labels}} {{len "é"}}', "7 3 2 2"],
  ["{{json .List}} {{json .Name}} {{.Labels | json}}", '["x","y","z"] "default" {"a":"1","b":"2"}'],
  ['{{json .Config.Deep}} {{json .Nothing}} {{json "a<b>"}}', '{"Er":"bottom"} null "a<b>"'],
  ['{{lower "ABC"}} {{upper "abc"}} {{title "abc def"}}', "abc ABC Abc Def"],
  ['{{split .Name "a"}} {{join (split .Name "a") "-"}} {{join .List ","}}', "[def ult] def-ult x,y,z"],
  ["{{pad .Name 2 3}}|{{pad .Empty 2 3}}|", "  default   ||"],
  ["{{truncate .Name 3}} {{truncate .Name 99}}", "def default"],
  [
    '{{printf "%-10s|%5d|%05d|%x|%X|%t|%.2f|%%" .Name 3 42 "ab" 255 true 3.14159}}',
    "default   |    3|00042|6162|FF|true|3.14|%",
  ],
  ['{{printf "%v %v %v" .List .Labels .Nothing}}', "[x y z] map[a:1 b:2] <nil>"],
  ['{{printf "%5.2s|" "abc"}}', "   ab|"],
  [
    '{{printf "%s" 3}} {{printf "%d" "x"}} {{printf "%d"}} {{printf "x" 1}}',
    "%!s(int=3) %!d(string=x) %!d(MISSING) x%!(EXTRA int=1)",
  ],
  ['{{printf "%q" .List}} {{printf "%o %b %c" 8 5 65}}', '["x" "y" "z"] 10 101 A'],
  ['{{printf "%+d %e" 5 1500.0}}', "+5 1.500000e+03"],
  ['{{urlquery "a b"}}', "a+b"],
  ['{{ .List | len | printf "%d" }}', "3"],
  ["{{with .Config}}{{range .Env}}{{println .}}{{end}}{{end}}", "A=1\nB=2\n"],
  ["}}", "}}"],
  ["{ {", "{ {"],
];

for (const [source, output] of renders) {
  test(`${JSON.stringify(source)} renders`, () => {
    assert.equal(compileTemplate(source).render(subject), output);
  });
}

/** Sentences of docker's client; 64 for what cannot be read, 1 for what fails as it runs. */
const failures: readonly (readonly [string, string, number])[] = [
  ["{{", ":1: unclosed action", 64],
  ["{{.Name", ":1: unclosed action", 64],
  ["a\nb{{", ":2: unclosed action", 64],
  ["{{end}}", ":1: unexpected {{end}}", 64],
  ["{{else}}", ":1: unexpected {{else}}", 64],
  ["{{if .On}}x", ":1: unexpected EOF", 64],
  ["{{range .List}}", ":1: unexpected EOF", 64],
  ["{{if .On}}a{{else}}b{{else}}c{{end}}", ":1: expected end; found {{else}}", 64],
  ["{{if}}x{{end}}", ":1: missing value for if", 64],
  ["{{}}", ":1: missing value for command", 64],
  ["{{foo}}", ':1: function "foo" not defined', 64],
  ["{{$x}}", ':1: undefined variable "$x"', 64],
  ["{{$x = 1}}", ':1: undefined variable "$x"', 64],
  ["{{if true}}{{$x := 1}}{{end}}{{$x}}", ':1: undefined variable "$x"', 64],
  ["{{break}}", ":1: {{break}} outside {{range}}", 64],
  ['{{"unterminated', ":1: unterminated quoted string", 64],
  ["{{`unterminated", ":1: unterminated raw quoted string", 64],
  ["{{'ab'}}", ":1: malformed character constant: 'ab'", 64],
  ["{{/* open", ":1: unclosed comment", 64],
  ["{{(1}}", ":1: unclosed left paren", 64],
  ["{{1)}}", ":1: unexpected right paren", 64],
  ["{{12x}}", ':1: bad number syntax: "12x"', 64],
  ["{{.Name | 3}}", ":1: non executable command in pipeline stage 2", 64],
  ['{{define "x"}}{{end}}', ":1: {{define}} is not offered", 64],
  ["{{$a, $b := .List}}", ":1: too many declarations in command", 64],
  ["{{.Name}} {{.Nope}}", ':1:12: executing "" at <.Nope>: map has no entry for key "Nope"', 1],
  ["a\n {{.Nope}}", ':2:3: executing "" at <.Nope>: map has no entry for key "Nope"', 1],
  ["{{.Name.Foo}}", ':1:7: executing "" at <.Name.Foo>: can\'t evaluate field Foo in type string', 1],
  ["{{range .Name}}{{end}}", ':1:8: executing "" at <.Name>: range can\'t iterate over default', 1],
  ["{{nil}}", ':1:2: executing "" at <nil>: nil is not a command', 1],
  ['{{eq 1 "1"}}', ':1:2: executing "" at <eq 1 "1">: error calling eq: incompatible types for comparison', 1],
  ["{{len 3}}", ':1:2: executing "" at <len 3>: error calling len: len of type int', 1],
  ["{{index .List 9}}", ':1:2: executing "" at <index .List 9>: error calling index: index out of range: 9', 1],
  ["{{index 3 1}}", ':1:2: executing "" at <index 3 1>: error calling index: can\'t index item of type int', 1],
  ["{{len}}", ':1:2: executing "" at <len>: wrong number of args for len: want 1 got 0', 1],
  ["{{.Name 1}}", ':1:2: executing "" at <.Name>: can\'t give argument to non-function .Name', 1],
  [
    "{{upper 3}}",
    ':1:2: executing "" at <upper 3>: error calling upper: wrong type for value; expected string; got int',
    1,
  ],
  ["{{.__proto__}}", ':1:2: executing "" at <.__proto__>: map has no entry for key "__proto__"', 1],
  ["{{.constructor}}", ':1:2: executing "" at <.constructor>: map has no entry for key "constructor"', 1],
];

for (const [source, sentence, status] of failures) {
  test(`${JSON.stringify(source)} fails`, () => {
    assert.throws(
      () => compileTemplate(source).render(subject),
      (error: Error & { code?: string; details?: { exitStatus?: number } }) => {
        assert.equal(error.message, `template parsing error: template: ${sentence}`);
        assert.equal(error.code, "invalidValue");
        assert.equal(error.details?.exitStatus, status);
        return true;
      },
    );
  });
}

/** What each is refused for: the bound itself, whatever time it takes to get there. */
const hostile: readonly (readonly [what: string, source: () => string, sentence: RegExp])[] = [
  ["a hundred thousand open actions", () => "{{".repeat(30_000), /unexpected/],
  ["deep parentheses", () => `{{${"(".repeat(20_000)}1${")".repeat(20_000)}}}`, /nested too deep/],
  ["deep blocks", () => "{{if true}}".repeat(3_000) + "{{end}}".repeat(3_000), /nested too deep/],
  ["a long chain of else if", () => `{{if false}}${"{{else if false}}".repeat(3_000)}{{end}}`, /nested too deep/],
  ["a template beyond the limit", () => "x".repeat(65_537), /template is too long/],
  ["loops in loops", () => "{{range 1000}}{{range 1000}}{{range 1000}}x{{end}}{{end}}{{end}}", /runs too long/],
  ["a range over a huge number", () => "{{range 1000000000}}x{{end}}", /runs too long/],
];

for (const [what, source, message] of hostile) {
  test(`${what} is refused`, () => {
    assert.throws(() => compileTemplate(source()).render(subject), { code: "invalidValue", message });
  });
}

test("output ends at 16 MiB: what is longer is refused at that place, and nothing behind it is worked on", () => {
  const whole = `{{range 16384}}${"x".repeat(1024)}{{end}}`;
  assert.equal(compileTemplate(whole).render(subject).length, 16 * 1024 * 1024);
  const tooLong = { code: "invalidValue", message: /the output is too long/ };
  for (const more of ["y", "y{{.Nope}}"]) assert.throws(() => compileTemplate(whole + more).render(subject), tooLong);
});

test("long runs of spaces, dots and quotes are read in linear time", () => {
  const start = performance.now();
  for (const text of [" ".repeat(60_000), `{{"${"\\n".repeat(30_000)}"}}`, `{{ ${" ".repeat(60_000)}1}}`]) {
    compileTemplate(text).render(subject);
  }
  assert.throws(() => compileTemplate(`{{${".a".repeat(30_000)}}}`).render(subject), { code: "invalidValue" });
  assert.ok(performance.now() - start < 2000);
});

test("values cannot drive a terminal, and their newlines stay", () => {
  const evil = { A: "\x1b]52;c;aGk=\x07\x9b31m\u202e\x7f", B: "x\ny\tz" };
  assert.equal(compileTemplate("{{.A}}").render(evil), "\\x1b]52;c;aGk=\\x07\\x9b31m\\u202e\\x7f");
  assert.equal(compileTemplate("{{.B}}").render(evil), "x\ny\tz");
  assert.equal(compileTemplate("{{json .A}}").render(evil), '"\\u001b]52;c;aGk=\\u0007\\u009b31m\\u202e\\u007f"');
});

test("a field wider than a screen is cut", () => {
  assert.equal(compileTemplate('{{printf "%999999d" 1}}').render(subject).length, 4096);
  assert.ok(compileTemplate("{{pad .Name 99999999 99999999}}").render(subject).length < 10_000);
});
