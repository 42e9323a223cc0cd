import type { english } from "./english.ts";

export const korean: typeof english = {
  kernel: {
    title: "커널",
    tooOld: ({ floor }) => `brig을 쓰려면 Linux ${floor} 이상이 필요합니다`,
  },
  root: {
    title: "모든 권한(capability)을 가진 root",
    good: "root",
    user: ({ uid }) => `사용자 ${uid}`,
    userAdvice: "root로 실행하세요. root가 아니면 plan, version, doctor만 동작합니다",
    without: ({ names }) => `root이지만 다음 capability가 없음: ${names}`,
    withoutAdvice: "brig을 시작하는 프로그램에 이 capability를 부여하세요",
  },
  helper: {
    title: "네이티브 헬퍼",
    missing: ({ path }) => `${path} 파일이 없음`,
    notExecutable: ({ path }) => `${path} 파일에 실행 권한이 없음`,
    advice: "빌드하세요: npm run setup",
  },
  dataRoot: {
    title: "데이터 루트의 파일 시스템",
    place: ({ fileSystem, path }) => `${path} (${fileSystem})`,
    futurePlace: ({ fileSystem, path }) => `${path} (${fileSystem}, 처음 필요할 때 만들어짐)`,
    inMemory: "다음 부팅 때 이미지와 컨테이너가 사라집니다. --root DIR 옵션으로 디스크를 지정하세요",
    notStackable: ({ fileSystem }) =>
      `${fileSystem} 위에는 overlay를 쌓을 수 없습니다. --root DIR 옵션으로 로컬 디스크를 지정하세요`,
  },
  dataSpace: {
    title: "데이터 루트의 여유 공간",
    free: ({ space, files }) => `${space}, 파일 ${files}개를 더 만들 수 있음`,
    freeWithoutLimit: ({ space }) => `${space}, 파일 수 제한 없음`,
    advice: '필요 없는 것을 지우거나("brig rmi") "--root DIR" 옵션으로 데이터 루트를 옮기세요',
  },
  openFiles: {
    title: "열 수 있는 파일 수",
    found: ({ soft, hard }) => `${soft} (최대 ${hard})`,
    advice: ({ hard, wanted }) =>
      `컨테이너가 ${wanted}개 대신 최대 ${hard}개까지만 열 수 있습니다. brig을 시작하는 프로그램의 하드 한도를 올리세요`,
  },
  userNamespaces: {
    title: "사용자 네임스페이스 수",
    none: "허용되지 않음",
    allow: ({ command }) => `허용하세요: ${command}`,
    few: ({ command }) => `컨테이너마다 하나씩 필요합니다: ${command}`,
  },
  inotify: {
    instances: "inotify 인스턴스",
    watches: "inotify 감시 대상",
    absent: "이 커널에 없음",
    absentAdvice: "파일 변화를 감시하는 프로그램이 동작하지 않습니다: CONFIG_INOTIFY_USER",
    low: ({ setting }) => `여러 컨테이너의 파일 감시가 이 한도를 함께 씁니다: sysctl ${setting}`,
  },
  tools: {
    notFound: "찾을 수 없음",
    nft: "포트를 공개하는 데 필요합니다: apt-get install nftables",
    ip: "브리지 네트워크에 필요합니다: apt-get install iproute2",
  },
  securityModules: {
    title: "보안 모듈",
    none: "없음. 사용자 네임스페이스, capability, seccomp으로 컨테이너를 격리합니다",
    unseen: "AppArmor가 컨테이너를 제한하지 않습니다: /sys/kernel/security에 securityfs를 마운트하세요",
    noParser: "AppArmor가 컨테이너를 제한하지 않습니다: apt-get install apparmor",
    noContexts:
      "SELinux가 컨테이너에 레이블을 붙이지 않습니다: 정책에 contexts/lxc_contexts가 없습니다 (container-selinux 패키지에 있습니다)",
  },
  clock: {
    title: "시스템 시계",
    behind: ({ now }) => `${now}, brig을 빌드한 시각보다 이릅니다`,
    advice: "시계를 맞추세요. 시계가 틀리면 레지스트리의 인증서를 검증할 수 없습니다",
  },
  features: {
    title: "커널 기능",
    notTried: "시험하지 않음",
    build: "헬퍼를 빌드하세요: npm run setup",
    asRoot: "brig doctor를 root로 실행하세요",
    works: "동작함",
    kernelWith: ({ option }) => `다음을 갖춘 커널을 쓰세요: ${option}`,
    userNamespace: {
      title: "사용자 네임스페이스",
      advice: 'user.max_user_namespaces 값을 올리거나 컨테이너를 "--userns host" 옵션으로 실행하세요',
    },
    timeNamespace: {
      title: "시간 네임스페이스",
      advice: "자체 시계를 쓰는 컨테이너에만 필요합니다: CONFIG_TIME_NS",
    },
    mqueue: { title: "POSIX 메시지 큐" },
    overlay: { title: "overlay 파일 시스템", advice: "커널 모듈을 적재하세요: modprobe overlay" },
    idmap: {
      title: "데이터 루트의 idmapped 마운트",
      advice:
        '"--root DIR" 옵션으로 데이터 루트를 ext4, xfs, btrfs 중 하나로 옮기세요. 그때까지 컨테이너는 호스트의 사용자 네임스페이스를 씁니다',
    },
    deviceFilter: { title: "장치 필터(eBPF)", option: "CONFIG_CGROUP_BPF, 그리고 brig에 CAP_BPF나 CAP_SYS_ADMIN" },
  },
  cgroup: {
    title: "cgroup v2",
    notMounted: "마운트되지 않음",
    mount: "마운트하세요: mount -t cgroup2 none /sys/fs/cgroup",
    mounted: ({ path }) => `${path}에 마운트됨`,
    part: ({ path }) => `계층의 일부만 ${path}에 마운트됨`,
    partAdvice: "마운트된 최상위 그룹에 프로세스가 없어야 한도가 동작합니다. 프로세스를 하위 그룹으로 옮기세요",
  },
  delegation: {
    title: "systemd의 그룹",
    kept: "컨테이너의 그룹은 brig.service 안에 있음",
    absent: "첫 컨테이너가 시작될 때 systemd에 brig.service를 요청함",
    unheld: "컨테이너의 그룹을 systemd가 모르므로 컨트롤러와 한도가 사라질 수 있음",
    unheldAdvice: "컨테이너를 모두 멈췄다가 다시 시작하세요. 이유는 systemctl status brig.service로 볼 수 있습니다",
    mute: "systemd-run이 설치되어 있지 않아 컨테이너의 그룹을 systemd가 모름",
    muteAdvice: "systemd-run을 설치하세요. systemd의 일부입니다",
  },
  controller: {
    title: ({ name }) => `${name} 컨트롤러`,
    offered: "cgroup v2에서 쓸 수 있음",
    v1: "cgroup v1에 묶여 있음",
    v1At: ({ path }) => `cgroup v1에 묶여 있음(${path})`,
    v1Advice: ({ flags }) =>
      `${flags} 옵션을 쓰려면 커널 명령줄에 systemd.unified_cgroup_hierarchy=1을, systemd가 없으면 cgroup_no_v1=all을 넣고 부팅하세요`,
    occupied: "최상위 그룹이 쓰고 있음",
    occupiedAdvice: ({ flags }) => `${flags} 옵션을 쓰려면 최상위 그룹의 프로세스를 하위 그룹으로 옮기세요`,
    disabled: "부팅할 때 꺼짐",
    disabledAdvice: ({ flags }) => `${flags} 옵션을 쓰려면 커널 명령줄에서 cgroup_disable=을 빼세요`,
    absent: "이 커널에 없음",
    absentAdvice: ({ flags, name }) => `${flags} 옵션을 쓰려면 ${name} 컨트롤러가 있는 커널을 쓰세요`,
  },
  swap: {
    title: "스왑 사용량 집계",
    good: "메모리 컨트롤러와 함께 제공됨",
    noSwap: "이 커널은 스왑을 지원하지 않음",
    noSwapAdvice: "여기서는 --memory-swap 옵션이 아무 영향을 주지 않으며 필요하지도 않습니다",
    noMemory: "메모리 컨트롤러가 없음",
    noMemoryAdvice: "메모리 컨트롤러가 있으면 --memory-swap 옵션도 쓸 수 있습니다",
  },
  forwarding: {
    title: "브리지를 지나는 패킷",
    unreadable: "nft의 규칙을 읽을 수 없음",
    unreadableAdvice: "직접 실행해 보세요: nft -j list ruleset",
    good: "다른 테이블이 버리지 않음",
    drops: ({ chain, bridges }) => `${chain} 체인의 기본 정책이 ${bridges} 브리지의 패킷을 버림`,
    dropsAndMore: ({ chain, bridges, more }) =>
      `${chain} 체인의 기본 정책이 ${bridges} 브리지의 패킷을 버림. 이런 체인이 ${more}개 더 있음`,
    advice: ({ remedy }) => `컨테이너가 외부와 통신할 수 없고 공개한 포트에도 접속할 수 없습니다: ${remedy}`,
  },
};
