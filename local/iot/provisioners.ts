import { asList, asRecord, assertKnown, asText, nameOf } from '../aws/properties.ts';
import { arn, type Place, type Provisioners } from '../aws/service.ts';
import { asDocument } from '../iam/iam.ts';
import { type ActionPorts, makeAction } from './actions.ts';
import type { RulesEngine } from './rules.ts';
import { parseStatement } from './sql/parse.ts';
import type { ThingRegistry } from './things.ts';

export function iotProvisioners(
  place: Place,
  registry: ThingRegistry,
  rules: RulesEngine,
  ports: ActionPorts,
): Provisioners {
  return {
    async 'AWS::IoT::TopicRule'(id, properties) {
      assertKnown(id, 'AWS::IoT::TopicRule', properties, ['RuleName', 'TopicRulePayload']);
      const name = nameOf(id, properties.RuleName).replaceAll('-', '_');
      const payload = asRecord(properties.TopicRulePayload);
      assertKnown(
        id,
        'TopicRulePayload',
        payload,
        ['Sql', 'AwsIotSqlVersion', 'Actions', 'ErrorAction', 'RuleDisabled'],
        ['Description'],
      );
      if (payload.AwsIotSqlVersion !== '2016-03-23') {
        throw new Error(`AwsIotSqlVersion is ${JSON.stringify(payload.AwsIotSqlVersion)}, must be "2016-03-23"`);
      }
      const ruleArn = arn(place, 'iot', `rule/${name}`);
      const rule = {
        name,
        statement: parseStatement(asText(payload.Sql)),
        actions: asList(payload.Actions).map((action) => makeAction(action, ports, ruleArn)),
        ...(payload.ErrorAction !== undefined && { errorAction: makeAction(payload.ErrorAction, ports, ruleArn) }),
      };
      if (payload.RuleDisabled !== true) rules.add(rule);
      return { ref: name, attributes: { Arn: ruleArn } };
    },

    async 'AWS::IoT::Policy'(id, properties) {
      assertKnown(id, 'AWS::IoT::Policy', properties, ['PolicyName', 'PolicyDocument']);
      const name = nameOf(id, properties.PolicyName);
      registry.policies.set(name, asDocument(id, properties.PolicyDocument));
      return { ref: name, attributes: { Arn: arn(place, 'iot', `policy/${name}`), Id: name } };
    },

    async 'AWS::IoT::ThingType'(id, properties) {
      const name = nameOf(id, properties.ThingTypeName);
      return { ref: name, attributes: { Arn: arn(place, 'iot', `thingtype/${name}`), Id: name } };
    },

    /** The twin issues certificates itself; the template says which policies they get. */
    async 'AWS::IoT::ProvisioningTemplate'(id, properties) {
      const body = asRecord(JSON.parse(asText(properties.TemplateBody, '{}')));
      for (const resource of Object.values(asRecord(body.Resources)).map(asRecord)) {
        const inner = asRecord(resource.Properties);
        if (resource.Type === 'AWS::IoT::Policy') registry.attached.add(asText(inner.PolicyName));
        if (resource.Type === 'AWS::IoT::Thing') registry.thingTypeName = asText(inner.ThingTypeName) || undefined;
      }
      const name = nameOf(id, properties.TemplateName);
      return { ref: name, attributes: { TemplateArn: arn(place, 'iot', `provisioningtemplate/${name}`) } };
    },
  };
}
