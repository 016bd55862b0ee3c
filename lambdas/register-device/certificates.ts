import { type IoTClient, ListThingPrincipalsCommand, UpdateCertificateCommand } from '@aws-sdk/client-iot';
import type { Certificates } from './register-device.ts';

/** The certificates of things in IoT Core. */
export function iotCertificates(client: IoTClient): Certificates {
  return {
    async of(thingName) {
      const { principals = [] } = await client.send(new ListThingPrincipalsCommand({ thingName }));
      // arn:aws:iot:us-east-1:123456789012:cert/<id>
      return principals.flatMap((arn) => arn.split(':cert/').slice(1));
    },
    async deactivate(certificateId) {
      await client.send(new UpdateCertificateCommand({ certificateId, newStatus: 'INACTIVE' }));
    },
  };
}
