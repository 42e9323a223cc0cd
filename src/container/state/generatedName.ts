import { randomHex } from "../../base/index.ts";

/** Moods and makings. */
const adjectives =
  "agile amber ample azure balmy bold brave bright brisk calm candid clever cosmic crisp curious daring deft dreamy eager earnest easy fair fearless fleet fluent fond frank free fresh gentle gifted glad golden graceful grand happy hardy honest humble jolly keen kind lively loyal lucid lucky mellow merry mild modest neat nimble noble patient placid plucky polite proud quick quiet radiant ready robust rosy serene sharp silent silver sincere snug sober solid spry steady stellar sturdy subtle sunny swift tender tidy tranquil trusty upbeat valiant vivid warm wise witty zesty".split(
    " ",
  );

/** Ship people: who built, sailed, mapped, fed and rescued. */
const surnames =
  "amundsen anning baret bering bligh bowditch brunel caboto cheng cochrane columbus cook cousteau dampier davis drake earhart earle elcano fitzroy flinders franklin frobisher fulton gama gray halley harrison henson heyerdahl hudson janszoon knox kotzebue kruzenshtern laperouse lemaire lind magellan mahan marryat maury melville mercator moitessier nansen nelson nobile ortelius parry peary piccard plimsoll pytheas raleigh rickmers ross sacagawea scoresby scott shackleton slocum suhaili tasman tereshkova tharp vancouver verrazzano vespucci wallis weddell wilkes worsley yi".split(
    " ",
  );

/**
 * A name for a container that was given none: `brave_nansen`. From the second attempt on a digit follows, so that a
 * free one is soon found. Not a secret.
 */
export function generateName(attempt: number, pick: (count: number) => number = randomIndex): string {
  const name = `${adjectives[pick(adjectives.length)]}_${surnames[pick(surnames.length)]}`;
  return attempt === 0 ? name : `${name}${pick(10 ** Math.min(attempt, 6))}`;
}

function randomIndex(count: number): number {
  return Number.parseInt(randomHex(6), 16) % count;
}
