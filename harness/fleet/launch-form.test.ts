import { templateForm } from './launch-form';

describe('what a launch template says', () => {
  it('is the security groups of its instances', () => {
    expect(templateForm({ SecurityGroupIds: ['sg-1', 'sg-2'] })).toEqual(
      new Map([
        ['SecurityGroupId.1', 'sg-1'],
        ['SecurityGroupId.2', 'sg-2'],
      ]),
    );
  });

  it('is those of its network interface where it describes one', () => {
    const form = templateForm({
      NetworkInterfaces: [{ DeviceIndex: 0, AssociatePublicIpAddress: false, Groups: ['sg-3'] }],
    });
    expect(form).toEqual(new Map([['SecurityGroupId.1', 'sg-3']]));
  });
});
