import { withFields } from "../alterPlan.ts";
import { type Lab, verdict } from "../lab.ts";

/** A volume that is attached without the container's id map. */
export const volumeIds: Lab = {
  number: 8,
  id: "volume-ids",
  title: { en: "The volume that belongs to nobody", ko: "주인이 nobody인 볼륨" },
  story: {
    en: "The container's root cannot write to its own volume. `ls -ln` shows every file there with the owner 65534, and chown fails as well. On the machine, the files belong to root.",
    ko: "컨테이너의 root가 자기 볼륨에 쓰지 못합니다. `ls -ln`으로 보면 모든 파일의 주인이 65534이고 chown도 실패합니다. 머신에서 보면 그 파일들은 root의 것입니다.",
  },
  task: {
    en: "Let root of the container own /data, without changing a file and without chmod 777.",
    ko: "파일을 바꾸거나 chmod 777을 쓰지 않고, 컨테이너의 root가 /data의 주인이 되게 하세요.",
  },
  hints: [
    {
      en: "65534 is what the kernel shows for an id that the user namespace does not map. Which id of the machine does root of the container have? See `brig exec lab cat /proc/self/uid_map`.",
      ko: "65534는 사용자 네임스페이스에 매핑되지 않은 id를 커널이 보여 주는 값입니다. 컨테이너의 root는 머신에서 어떤 id입니까? `brig exec lab cat /proc/self/uid_map`을 보세요.",
    },
    {
      en: "The layers have the same owners on disk and yet belong to root in the container. What do their steps layer0.set and writable.set say that the step of the volume does not?",
      ko: "레이어의 파일도 디스크에서는 주인이 같은데 컨테이너 안에서는 root의 것입니다. layer0.set과 writable.set 단계에는 있고 볼륨의 단계에는 없는 것은 무엇입니까?",
    },
    { en: "Put back bind0.set.", ko: "bind0.set을 되돌려 놓으세요." },
  ],
  solution: {
    en: "bind0.set gives the detached mount of the volume MOUNT_ATTR_IDMAP with the container's user namespace. Through such a mount, what belongs to id 0 on disk belongs to id 0 of the container, in both directions: what the container's root makes is stored with owner 0. Nothing is copied or chowned, and two containers with different ids can use one volume. Without the map, id 0 of the disk is root of the machine, whom the container does not know.",
    ko: "bind0.set은 분리된 볼륨 마운트에 컨테이너의 사용자 네임스페이스로 MOUNT_ATTR_IDMAP을 적용합니다. 그런 마운트를 거치면 디스크에서 id 0의 것이 컨테이너의 id 0의 것이 되고, 반대 방향도 같습니다. 컨테이너의 root가 만든 파일은 주인 0으로 저장됩니다. 복사도 chown도 없고, id가 다른 두 컨테이너가 볼륨 하나를 함께 쓸 수 있습니다. 매핑이 없으면 디스크의 id 0은 머신의 root이고, 컨테이너는 그를 모릅니다.",
  },
  request: {
    command: ["sleep", "infinity"],
    init: true,
    mounts: [{ kind: "volume", name: "data", target: "/data", readOnly: false, noCopy: true }],
  },
  fault: {
    kind: "steps",
    breakPlan: (plan) => withFields(plan, "bind0.set", { fields: { set: [] } }),
    answer: ["bind0.set"],
  },
  async check({ run }) {
    const owner = (await run(["stat", "-c", "%u", "/data"])).output.trim();
    const { exitCode, output } = await run(["touch", "/data/written"]);
    if (exitCode === 0 && owner === "0") {
      return verdict(true, {
        en: "/data belongs to id 0 of the container, and its root can write there.",
        ko: "/data는 컨테이너의 id 0의 것이고, root가 쓸 수 있습니다.",
      });
    }
    return verdict(false, {
      en: `/data belongs to id ${owner}, and writing says: ${output.trim()}.`,
      ko: `/data의 주인은 id ${owner}이고, 쓰려고 하면 다음과 같이 실패합니다: ${output.trim()}.`,
    });
  },
};
