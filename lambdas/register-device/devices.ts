import { ConditionalCheckFailedException, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Devices, ExpectedDevice } from './register-device.ts';

/**
 * Expected devices in DynamoDB, one item each, put there by an operator:
 *
 *     {"pk": "device#CYTON-00017", "sk": "device", "thingName": "lab-1", "tenant": "acme", "site": "berlin"}
 */
export function dynamoDevices(client: DynamoDBClient, table: string): Devices {
  const documents = DynamoDBDocumentClient.from(client);
  const keyOf = (serial: string) => ({ pk: `device#${serial}`, sk: 'device' });
  return {
    async find(serial) {
      const { Item } = await documents.send(new GetCommand({ TableName: table, Key: keyOf(serial) }));
      return Item as ExpectedDevice | undefined;
    },
    async register(serial, { nowMs, sinceMs, certificateId }) {
      try {
        await documents.send(
          new UpdateCommand({
            TableName: table,
            Key: keyOf(serial),
            UpdateExpression: 'SET registeredAtMs = if_not_exists(registeredAtMs, :now), certificateId = :certificate',
            ConditionExpression:
              'attribute_exists(pk) AND (attribute_not_exists(registeredAtMs) OR registeredAtMs > :since)',
            ExpressionAttributeValues: { ':now': nowMs, ':since': sinceMs, ':certificate': certificateId },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}
