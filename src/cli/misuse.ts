/** The command line asks for something that there is not; ends the program with its own exit code. */
export class Misuse extends Error {}
