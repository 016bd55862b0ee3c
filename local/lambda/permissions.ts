import { matches } from '../iam/policy.ts';

/** `AWS::Lambda::Permission`: a statement of a function's own, resource-based policy. */
export interface Permission {
  readonly functionArn: string;
  /** `lambda:InvokeFunction`, `lambda:InvokeFunctionUrl`, `lambda:*`. */
  readonly action: string;
  /** A service (`iot.amazonaws.com`) or `*`. */
  readonly principal: string;
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
  readonly functionUrlAuthType?: string;
  readonly invokedViaFunctionUrl?: boolean;
}

export interface Caller {
  /** `*` for somebody without credentials. */
  readonly principal: string;
  readonly sourceArn?: string;
  readonly accountId: string;
  readonly viaUrl?: boolean;
}

/** Who else than roles of the account may invoke which function: event sources and the public. */
export class Permissions {
  readonly #permissions: Permission[] = [];

  add(permission: Permission): void {
    this.#permissions.push(permission);
  }

  allows(functionArn: string, action: string, caller: Caller): boolean {
    return this.#permissions.some(
      (one) =>
        one.functionArn === functionArn &&
        matches(one.action, action) &&
        (one.principal === '*' || one.principal === caller.principal) &&
        (one.sourceArn === undefined || matches(one.sourceArn, caller.sourceArn ?? '')) &&
        (one.sourceAccount === undefined || one.sourceAccount === caller.accountId) &&
        (one.functionUrlAuthType === undefined || (one.functionUrlAuthType === 'NONE' && caller.viaUrl === true)) &&
        (one.invokedViaFunctionUrl !== true || caller.viaUrl === true),
    );
  }
}
