import { withFields } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";
import type { Scene } from "../scene.ts";

const [withSecret, without] = ["lab:secret", "lab:cleaned"];

/** Three layers: the image of the labs, one with a secret, and one that takes the secret away. */
async function makeImages({ engine, addContainer }: Scene): Promise<void> {
  if ((await engine.images()).some(({ repoTags }) => repoTags.includes(without))) return;
  const layers = [
    { command: "echo s3cret > /srv/token", image: "lab:latest", reference: withSecret },
    { command: "rm /srv/token && touch /srv/ready", image: withSecret, reference: without },
  ];
  for (const { command, image, reference } of layers) {
    await addContainer("layer", { command: ["sh", "-c", command], image });
    await engine.wait("layer");
    await engine.commit({ nameOrId: "layer", reference, author: "", message: command, changes: [], pause: false });
    await engine.removeContainer("layer", { force: true });
  }
}

/** A whiteout hides what is below it alone. */
export const layerOrder: Lab = {
  number: 14,
  id: "layer-order",
  title: { en: "The file that came back", ko: "되돌아온 파일" },
  story: {
    en: "The image once held a secret in /srv/token. Its newest layer deletes the file, and the container reads it anyway.",
    ko: "이미지의 /srv/token에 비밀이 들어 있던 적이 있습니다. 가장 새 레이어가 그 파일을 지웠는데도 컨테이너가 읽습니다.",
  },
  task: {
    en: "Let the container see the image as its newest layer left it.",
    ko: "컨테이너가 가장 새 레이어까지 반영된 이미지를 보게 하세요.",
  },
  hints: [
    {
      en: "`brig image explain lab:cleaned` says which layer adds the file and which deletes it. How does a layer delete a file that is in another one?",
      ko: "`brig image explain lab:cleaned`를 보면 어느 레이어가 파일을 더하고 어느 레이어가 지우는지 나옵니다. 한 레이어가 다른 레이어의 파일을 어떻게 지웁니까?",
    },
    {
      en: "A whiteout hides what is below it, not what is above. Look at the steps layer.0.stage to layer.2.stage: slot 0 is the top. Which two are the other way round?",
      ko: "화이트아웃(whiteout)은 자기보다 아래에 있는 것을 가립니다. 위에 있는 것은 가리지 못합니다. layer.0.stage부터 layer.2.stage까지 보세요. slot 0이 맨 위입니다. 어느 둘이 뒤바뀌었습니까?",
    },
    { en: "brig lab fix 14 layer.0.stage layer.1.stage", ko: "brig lab fix 14 layer.0.stage layer.1.stage" },
  ],
  solution: {
    en: "In the layer, the deletion is a character device 0:0 with the name of the file, a whiteout. Where overlayfs meets one it stops looking in the layers below. With the layers in the wrong order the whiteout was below the file, and hid nothing. The order of an image's layers is therefore part of its identity. And whatever their order: the secret is still in the image, for everybody who unpacks the layer below. Deleting a file in a later layer does not make an image forget it.",
    ko: "레이어 안에서 삭제는 그 파일 이름을 가진 0:0 문자 장치, 곧 화이트아웃입니다. overlayfs는 이것을 만나면 더 아래 레이어를 찾지 않습니다. 순서가 뒤바뀌면 화이트아웃이 파일보다 아래에 놓여 아무것도 가리지 못합니다. 그래서 레이어의 순서는 이미지의 정체성에 속합니다. 그리고 순서가 어떻든 비밀은 아래 레이어를 푸는 모든 사람에게 여전히 이미지 안에 있습니다. 나중 레이어에서 지운다고 이미지가 잊지는 않습니다.",
  },
  request: { image: without, command: ["sleep", "infinity"], init: true },
  prepare: makeImages,
  fault: {
    kind: "steps",
    breakPlan: (plan) => {
      const swapped = withFields(plan, "layer.0.stage", { fields: { slot: 1 } });
      return withFields(swapped, "layer.1.stage", { fields: { slot: 0 } });
    },
    answer: ["layer.0.stage", "layer.1.stage"],
  },
  async check({ run }) {
    const { exitCode, output } = await run(["cat", "/srv/token"]);
    return exitCode === 0
      ? verdict(false, {
          en: `/srv/token can be read: ${output.trim()}.`,
          ko: `/srv/token을 읽을 수 있습니다: ${output.trim()}.`,
        })
      : verdict(true, { en: "/srv/token does not exist in the container.", ko: "컨테이너에 /srv/token이 없습니다." });
  },
};
