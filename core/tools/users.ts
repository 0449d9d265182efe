import { hasOption, optionValue, splitArguments, type Tool } from "./tool.ts";

const valued = new Set(
  [
    ["-u", "--uid", "-g", "--gid", "-G", "--groups", "-d", "--home-dir", "-s", "--shell", "-c", "--comment"],
    ["-b", "--base-dir", "-k", "--skel", "-p", "--password", "-e", "--expiredate", "-f", "--inactive"],
    ["-K", "--key", "-Z", "--selinux-user", "-R", "--root", "-P", "--prefix"],
  ].flat(),
);

/** useradd of the shadow suite: it may write a record for the user's number into the login logs. */
export const useradd: Tool = {
  names: ["useradd"],
  effects({ words }) {
    const args = splitArguments(words, valued);
    const uid = args.options.findLast((it) => it.name === "-u" || it.name === "--uid");
    const number = /^\d+$/.test(uid?.value?.text ?? "") ? Number(uid?.value?.text) : undefined;
    const [program] = words;
    if (program === undefined) return undefined;
    return [
      {
        kind: "add-user",
        program,
        uid: number,
        uidWord: optionValue(args, "-u", "--uid"),
        writesLogs: !hasOption(args, "-l", "--no-log-init"),
      },
    ];
  },
};

/** What else keeps the books of users and groups: some bytes in /etc. */
export const userBooks: Tool = {
  names: ["groupadd", "addgroup", "adduser", "usermod", "groupmod", "passwd", "chpasswd", "chsh"],
  effects: () => [{ kind: "nothing" }],
};
