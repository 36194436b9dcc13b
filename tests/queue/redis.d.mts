export declare function findRedis(): string | undefined;
export declare const WITHOUT_REDIS: string | undefined;
export declare class RedisServer {
  readonly port: number;
  readonly url: string;
  static start(): Promise<RedisServer>;
  start(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}
