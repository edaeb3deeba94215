/** Style sheets are gathered by the bundler into a file beside the script. */
declare module '*.css';
