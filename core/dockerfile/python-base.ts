/** The official images of Python, and what they hold beside the interpreter. */

const pythonImage = /^(?:docker\.io\/)?(?:library\/)?python:(?!.*windows)(.*)$/;

/** Its tag; undefined: another image. */
export const pythonTag = (image: string | undefined): string | undefined =>
  pythonImage.exec(image ?? "")?.[1];

/** The images of Python 3.12 and later hold pip alone. */
export const holdsSetuptools = (tag: string): boolean => /^(?:2|3\.(?:[0-9]|1[01]))(?:\D|$)/.test(tag);
