/** What a template's pseudo parameters stand for in the twin. */
export interface Pseudo {
  readonly accountId: string;
  readonly region: string;
}

/** `Ref: AWS::NoValue` resolves to this; the property that holds it is left out. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');

/** @returns undefined for a name that is no pseudo parameter */
export function pseudoParameter(
  name: string,
  stackName: string,
  { accountId, region }: Pseudo,
): string | readonly string[] | typeof NO_VALUE | undefined {
  switch (name) {
    case 'AWS::AccountId':
      return accountId;
    case 'AWS::Region':
      return region;
    case 'AWS::Partition':
      return 'aws';
    case 'AWS::URLSuffix':
      return 'amazonaws.com';
    case 'AWS::StackName':
      return stackName;
    case 'AWS::StackId':
      return `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/00000000-0000-4000-8000-000000000000`;
    case 'AWS::NotificationARNs':
      return [];
    case 'AWS::NoValue':
      return NO_VALUE;
    default:
      return undefined;
  }
}
