import type { PolicyDocument } from '../iam/policy.ts';

/** A device as IoT Core's registry knows it. */
export interface Thing {
  readonly thingName: string;
  readonly thingArn: string;
  readonly thingTypeName?: string;
  /** `tenant`, `site`, ... */
  readonly attributes: Readonly<Record<string, string>>;
  readonly version: number;
}

/** The registry: who the things are, and what their certificates may do. */
export class ThingRegistry {
  /** Policies of the template by name. */
  readonly policies = new Map<string, PolicyDocument>();
  /** Names of the policies that provisioning attaches to a new certificate. */
  readonly attached = new Set<string>();
  thingTypeName: string | undefined;
  readonly #things = new Map<string, Thing>();
  readonly #thingArn: (name: string) => string;

  constructor(thingArn: (name: string) => string) {
    this.#thingArn = thingArn;
  }

  /** Registers a thing, or changes its attributes: those given replace those of the same name. */
  put(thingName: string, attributes: Readonly<Record<string, string>>): Thing {
    const before = this.#things.get(thingName);
    const thing: Thing = {
      thingName,
      thingArn: this.#thingArn(thingName),
      ...(this.thingTypeName !== undefined && { thingTypeName: this.thingTypeName }),
      attributes: { ...before?.attributes, ...attributes },
      version: (before?.version ?? 0) + 1,
    };
    this.#things.set(thingName, thing);
    return thing;
  }

  get(thingName: string): Thing | undefined {
    return this.#things.get(thingName);
  }

  list(): readonly Thing[] {
    return [...this.#things.values()];
  }

  /** What the certificate of any thing may do. */
  policiesOfThings(): readonly PolicyDocument[] {
    return [...this.attached].map((name) => {
      const policy = this.policies.get(name);
      if (!policy) throw new Error(`provisioning attaches the IoT policy ${name}, which does not exist`);
      return policy;
    });
  }
}
