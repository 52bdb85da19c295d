import type { IncomingMessage } from 'node:http';

import type { Call } from '../edge/call';
import { isForm } from '../edge/call';
import type { Edge } from '../edge/edge';
import type { Answer, Verdict } from '../edge/guard';
import type { Rights } from '../fleet/rights';
import { type Caller, callerOf, senderOf } from './authentication';
import { Cache } from './cache';
import { changesRights } from './changes';
import { Clients } from './clients';
import { Decisions } from './decisions';
import { mayNotify, missingGrants } from './deliveries';
import { denied, refused } from './denial';
import { Facts } from './facts';
import type { DeniedCall } from './history';
import { Judge } from './judge';
import { deleteAllowed, readDeletionOrder } from './multi-delete';
import type { JudgedPrincipal, Principal } from './principal';
import type { Requirement } from './requirement';
import { requirementsOf, servicePrefix } from './requirements/requirements';
import { deletion, listingTold, s3Requirements } from './requirements/s3';
import { rolePolicies } from './role-policies';
import { type S3Request, readS3Request } from './s3-operation';
import { ServiceRights } from './service-rights';
import { Signers } from './signers';
import { readUploadForm } from './upload-form';
import { type Grant, grantsOf, unused, usedGrants } from './usage';

/** Decides at the edge who may do what, as AWS would, by the policies that were applied. */
export class Access {
  /** What services of AWS may do by themselves. */
  readonly serviceRights: Rights;
  private readonly cache = new Cache();
  private readonly clients: Clients;
  private readonly facts: Facts;
  private readonly judge: Judge;
  private readonly decisions: Decisions;
  private readonly signers = new Signers();

  private constructor(
    edge: Edge,
    private readonly region: string,
  ) {
    this.clients = new Clients({ endpoint: edge.url, region });
    this.facts = new Facts(this.clients, this.cache);
    this.judge = new Judge(this.clients, this.cache, region);
    this.decisions = new Decisions(this.judge);
    this.serviceRights = new ServiceRights(this.decisions, this.judge, this.facts);
  }

  /** Guards an edge from now on. */
  static start({ edge, region }: { readonly edge: Edge; readonly region: string }): Access {
    const access = new Access(edge, region);
    edge.guard((call, request, body) => access.decide(call, request, body));
    edge.onCall((call) => {
      access.forgetAfter(call);
    });
    return access;
  }

  /** What was refused so far, in the order of its first refusal. */
  get denials(): readonly DeniedCall[] {
    return this.decisions.history.denials;
  }

  /** The statements that have allowed something to a role so far. */
  async usedGrants(): Promise<Grant[]> {
    return usedGrants(this.judge, this.decisions.history.uses);
  }

  /** What the roles that have called are granted and have not needed so far. */
  async unusedGrants(): Promise<Grant[]> {
    const roleNames = new Set(this.decisions.history.uses.map(({ principal }) => principal.roleName));
    const granted = await Promise.all(
      [...roleNames].map(async (roleName) =>
        grantsOf(roleName, await rolePolicies(this.clients.iam, this.cache, roleName)),
      ),
    );
    return unused(granted.flat(), await this.usedGrants());
  }

  /** What S3, SNS and alarms may not deliver where they are told to, one sentence each. */
  async missingGrants(): Promise<string[]> {
    return missingGrants(this.clients, this.facts, this.judge);
  }

  close(): void {
    this.clients.close();
  }

  private forgetAfter(call: Pick<Call, 'service' | 'action' | 'method' | 'path'>): void {
    if (changesRights(call)) {
      this.cache.clear();
    }
  }

  private async decide(call: Call, request: IncomingMessage, body: Buffer | undefined): Promise<Verdict> {
    // Also before the change is made: what is read meanwhile is forgotten once more when it has been answered.
    this.forgetAfter(call);
    // LocalStack's own endpoints are no AWS, and a browser asks for CORS without credentials.
    if (call.path.startsWith('/_') || (call.service === 's3' && call.method === 'OPTIONS')) {
      return {};
    }
    // A browser that opens an object by its URL asks for an icon besides: by that nobody is refused anything.
    if (call.path === '/favicon.ico' && call.accessKeyId === undefined) {
      return { answer: { status: 404, headers: {}, content: '' } };
    }
    if (call.service === 's3') {
      return this.decideS3(call, request, body);
    }
    const caller = await callerOf(this.signers, call, request, body);
    if ('answer' in caller) {
      return caller;
    }
    const verdict = await this.decideAction(call, caller.principal, body ?? Buffer.alloc(0));
    if (call.service !== 'sts' || call.action !== 'AssumeRole' || verdict.answer !== undefined) {
      return verdict;
    }
    return {
      onAnswer: (content) => {
        this.signers.learn(content);
      },
    };
  }

  private async decideAction(call: Call, principal: Principal, body: Buffer): Promise<Verdict> {
    const { service, action = '?' } = call;
    // GetCallerIdentity needs no permission.
    if (principal.kind === 'administrator' || (service === 'sts' && action === 'GetCallerIdentity')) {
      return {};
    }
    const requirements = await requirementsOf(call, body, this.region, this.facts);
    return this.verdict(call, principal, requirements, `${servicePrefix(service)}:${action}`);
  }

  private async decideS3(call: Call, request: IncomingMessage, body: Buffer | undefined): Promise<Verdict> {
    if (call.accessKeyId === undefined && isForm(call.headers)) {
      return {
        answer: refused(call, 403, 'MissingAuthenticationToken', 'Request is missing Authentication Token'),
      };
    }
    let s3 = readS3Request(call);
    let caller: Caller;
    if (s3.operation === 'PostObject') {
      const form = await readUploadForm(request);
      if (form === undefined) {
        const message = 'POST requires exactly one file upload per request.';
        return { answer: refused(call, 400, 'InvalidArgument', message) };
      }
      s3 = { ...s3, key: form.key, headers: form.headers };
      caller = await senderOf(this.signers, call, form.fields);
    } else {
      caller = await callerOf(this.signers, call, request, body);
    }
    if ('answer' in caller) {
      return caller;
    }
    const { principal } = caller;
    if (principal.kind === 'administrator') {
      return this.administrate(call, s3, body);
    }
    if (s3.operation === 'DeleteObjects' && body !== undefined) {
      return this.deleteObjects(call, principal, s3.bucket, body);
    }
    const verdict = await this.verdict(
      call,
      principal,
      await s3Requirements(s3, this.facts),
      `s3:${s3.operation}`,
    );
    const listing = listingTold(s3);
    return verdict.answer === undefined && listing !== undefined
      ? { onMissing: async () => (await this.verdict(call, principal, [listing], listing.action)).answer }
      : verdict;
  }

  /** S3 takes a notification only where it may deliver it. */
  private async administrate(
    call: Call,
    { operation, bucket }: S3Request,
    body: Buffer | undefined,
  ): Promise<Verdict> {
    if (
      operation !== 'PutBucketNotificationConfiguration' ||
      body === undefined ||
      (await mayNotify(this.facts, this.judge, bucket, body))
    ) {
      return {};
    }
    const message = 'Unable to validate the following destination configurations';
    return { answer: refused(call, 400, 'InvalidArgument', message) };
  }

  private async deleteObjects(
    call: Call,
    principal: JudgedPrincipal,
    bucket: string,
    body: Buffer,
  ): Promise<Verdict> {
    const order = readDeletionOrder(body);
    if (order === undefined) {
      const message =
        'The XML you provided was not well-formed or did not validate against our published schema';
      return { answer: refused(call, 400, 'MalformedXML', message) };
    }
    const forbidden = new Map<(typeof order)['Object'][number], string>();
    for (const object of order.Object) {
      const requirement = deletion({ bucket, key: object.Key, versionId: object.VersionId });
      const denial = await this.decisions.denial(principal, [requirement]);
      if (denial !== undefined) {
        forbidden.set(object, denial.message);
      }
    }
    return forbidden.size === 0
      ? {}
      : { answer: await deleteAllowed(this.clients.s3, bucket, order, forbidden) };
  }

  /** @param action how a call is named that needs nobody knows what. */
  private async verdict(
    call: Call,
    principal: JudgedPrincipal,
    requirements: readonly Requirement[] | undefined,
    action: string,
  ): Promise<Verdict> {
    if (requirements === undefined) {
      return { answer: this.refuseUnmapped(call, principal, action) };
    }
    const denial = await this.decisions.denial(principal, requirements);
    return denial === undefined ? {} : { answer: denied(call, denial) };
  }

  private refuseUnmapped(call: Call, principal: JudgedPrincipal, action: string): Answer {
    const message = `${action} is not mapped to the IAM permissions that it needs, so the lab refuses it: map it in harness/access/requirements.`;
    const name = principal.kind === 'role' ? principal.arn : principal.kind;
    this.decisions.history.deny({
      principal: name,
      action,
      resource: call.path.split('?')[0] ?? '',
      message,
    });
    return denied(call, { action, message });
  }
}
