import {
  CreateWorkspaceServiceAccountCommand,
  CreateWorkspaceServiceAccountTokenCommand,
  DeleteWorkspaceServiceAccountCommand,
  type GrafanaClient,
  ListWorkspaceServiceAccountsCommand,
  UpdatePermissionsCommand,
} from '@aws-sdk/client-grafana';
import { GetGroupIdCommand, type IdentitystoreClient, ResourceNotFoundException } from '@aws-sdk/client-identitystore';
import { ListInstancesCommand, type SSOAdminClient } from '@aws-sdk/client-sso-admin';
import type { Workspace } from './provision.ts';

/** Each service account is billed as a user: this one exists for seconds. */
const SERVICE_ACCOUNT = 'nsmon-provisioning';
const TOKEN_SECONDS = 600;

export interface Clients {
  readonly grafana: GrafanaClient;
  readonly sso: SSOAdminClient;
  readonly identityStore: IdentitystoreClient;
}

/** Amazon Managed Grafana and IAM Identity Center. */
export function managedWorkspace({ grafana, sso, identityStore }: Clients): Workspace {
  async function groupId(name: string): Promise<string> {
    const { Instances } = await sso.send(new ListInstancesCommand({}));
    const IdentityStoreId = Instances?.[0]?.IdentityStoreId;
    if (!IdentityStoreId) {
      throw new Error('IAM Identity Center is not enabled for this account: enable it, then deploy the stack again');
    }
    try {
      const UniqueAttribute = { AttributePath: 'displayName', AttributeValue: name };
      const { GroupId } = await identityStore.send(
        new GetGroupIdCommand({ IdentityStoreId, AlternateIdentifier: { UniqueAttribute } }),
      );
      return GroupId ?? '';
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      throw new Error(
        `IAM Identity Center has no group ${JSON.stringify(name)}: create it and put people in, or name another with -c grafanaAdminGroup=NAME`,
      );
    }
  }

  async function removeLeftovers(workspaceId: string): Promise<void> {
    const { serviceAccounts = [] } = await grafana.send(new ListWorkspaceServiceAccountsCommand({ workspaceId }));
    for (const { id, name } of serviceAccounts) {
      if (name === SERVICE_ACCOUNT) {
        await grafana.send(new DeleteWorkspaceServiceAccountCommand({ workspaceId, serviceAccountId: id }));
      }
    }
  }

  return {
    async admit(workspaceId, adminGroup) {
      const id = await groupId(adminGroup);
      const { errors = [] } = await grafana.send(
        new UpdatePermissionsCommand({
          workspaceId,
          updateInstructionBatch: [{ action: 'ADD', role: 'ADMIN', users: [{ id, type: 'SSO_GROUP' }] }],
        }),
      );
      if (errors.length > 0) {
        const said = errors.map(({ code, message }) => `${code}: ${message}`).join('; ');
        throw new Error(`the group ${JSON.stringify(adminGroup)} cannot be made administrator of Grafana: ${said}`);
      }
    },

    async withToken(workspaceId, use) {
      await removeLeftovers(workspaceId);
      const { id: serviceAccountId } = await grafana.send(
        new CreateWorkspaceServiceAccountCommand({ workspaceId, name: SERVICE_ACCOUNT, grafanaRole: 'ADMIN' }),
      );
      try {
        const { serviceAccountToken } = await grafana.send(
          new CreateWorkspaceServiceAccountTokenCommand({
            workspaceId,
            serviceAccountId,
            name: SERVICE_ACCOUNT,
            secondsToLive: TOKEN_SECONDS,
          }),
        );
        return await use(serviceAccountToken?.key ?? '');
      } finally {
        await grafana.send(new DeleteWorkspaceServiceAccountCommand({ workspaceId, serviceAccountId }));
      }
    },
  };
}
