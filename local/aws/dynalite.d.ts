declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** A DynamoDB on LevelDB, in memory when no path is given. Times are in milliseconds. */
  export default function dynalite(options?: {
    path?: string;
    createTableMs?: number;
    deleteTableMs?: number;
    updateTableMs?: number;
  }): Server;
}
