import type { PolicyDocument } from '../iam/policy.ts';

/** A device as IoT Core's registry knows it. */
export interface Thing {
  readonly name: string;
  readonly typeName?: string;
  /** `tenant`, `site`, ... */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The registry: who the things are, and what their certificates may do. */
export class ThingRegistry {
  /** Policies of the template by name. */
  readonly policies = new Map<string, PolicyDocument>();
  /** Names of the policies that provisioning attaches to a new certificate. */
  readonly attached = new Set<string>();
  thingTypeName: string | undefined;
  readonly #things = new Map<string, Thing>();

  /** Registers a thing, or changes its attributes: those given replace those of the same name. */
  put(name: string, attributes: Readonly<Record<string, string>>): Thing {
    const thing: Thing = {
      name,
      ...(this.thingTypeName !== undefined && { typeName: this.thingTypeName }),
      attributes: { ...this.#things.get(name)?.attributes, ...attributes },
    };
    this.#things.set(name, thing);
    return thing;
  }

  get(name: string): Thing | undefined {
    return this.#things.get(name);
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
