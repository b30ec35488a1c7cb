import { describe, expect, it } from 'vitest';
import { lineOfResource } from '../../../src/scanners/qualys-iac/places.js';
import type { IacTarget } from '../../../src/scanners/qualys-iac/target.js';
import { check, checked, MAIN_TF, machineWith } from './platform.js';
import { collected, staged } from './support.js';

async function locationsOf(
  path: string,
  files: Record<string, string>,
  checks: Record<string, unknown>[],
  isThere = true,
) {
  const target: IacTarget = { scanner: 'qualys-iac', path };
  const { handle, stage } = await staged({ result: [checked(checks)] }, { machine: machineWith(files), target });
  const services = isThere ? stage.services : { ...stage.services, machine: machineWith({}) };
  const { findings } = await collected(handle, { services });
  return findings.map(({ location }) => location);
}

const at = (filePath: string, resource = 'aws_s3_bucket.data') => check('9001', { filePath, resource });

describe('where a finding lies', () => {
  it.each([
    ['infra', '/main.tf', 'infra/main.tf'],
    ['infra/', 'main.tf', 'infra/main.tf'],
    ['./infra/', './main.tf', 'infra/main.tf'],
    ['infra', '/tmp/4711/main.tf', 'infra/main.tf'],
    ['infra', 'C:\\scan\\main.tf', 'infra/main.tf'],
    ['infra/main.tf', '/main.tf', 'infra/main.tf'],
    ['/builds/shop/infra', '/main.tf', '/builds/shop/infra/main.tf'],
    ['../infra', '/main.tf', '../infra/main.tf'],
  ])('of the target %s, which the platform calls %s, is %s on line 7', async (path, named, expected) => {
    const folder = path.replace(/\/+$/, '');
    const key = path.endsWith('.tf') ? path : `${folder}/main.tf`;
    expect(await locationsOf(path, { [key]: MAIN_TF }, [at(named)])).toEqual([
      { kind: 'file', path: expected, line: 7, resource: 'aws_s3_bucket.data' },
    ]);
  });

  it('is a path without a line on a machine that has no templates', async () => {
    const files = { 'infra/main.tf': MAIN_TF };
    const gone = [{ kind: 'file', path: 'infra/main.tf', resource: 'aws_s3_bucket.data' }];
    expect(await locationsOf('infra', files, [at('/main.tf')], false)).toEqual(gone);
    expect(await locationsOf('infra/main.tf', files, [at('/main.tf')], false)).toEqual(gone);
  });

  it('keeps a file that is not in the archive as the platform names it', async () => {
    expect(await locationsOf('infra', { 'infra/main.tf': MAIN_TF }, [at('/other.tf')])).toEqual([
      { kind: 'file', path: 'infra/other.tf', resource: 'aws_s3_bucket.data' },
    ]);
  });

  it('is that of the deepest file of this name', async () => {
    const files = { 'infra/main.tf': '', 'infra/net/main.tf': MAIN_TF };
    const [location] = await locationsOf('infra', files, [at('/unpacked/net/main.tf')]);
    expect(location).toMatchObject({ path: 'infra/net/main.tf', line: 7 });
  });
});

const TERRAFORM = `module "net" {
  source = "./net"
}
data "aws_iam_policy_document" "doc" {}
  resource "aws_x"   "one" {
# resource "aws_y" "two" {}
resource "aws_y" "two" {}
resource aws_z three {}
`;
const YAML = `Resources:
  Logs:
    Type: AWS::S3::Bucket
  "Data":
    Type: AWS::S3::Bucket
  Twice:
    Twice: x
`;
const JSON_TEMPLATE = `{
  "Resources": {
    "Logs" : { "Type": "AWS::S3::Bucket" }
  }
}`;

describe('the line of a resource', () => {
  it.each([
    ['Terraform', TERRAFORM, 'aws_x.one', 5],
    ['Terraform', TERRAFORM, 'aws_y.two', 7],
    ['Terraform', TERRAFORM, 'aws_y.two[0]', 7],
    ['Terraform', TERRAFORM, 'aws_z.three', 8],
    ['Terraform', TERRAFORM, 'data.aws_iam_policy_document.doc', 4],
    ['Terraform', TERRAFORM, 'module.net', 1],
    ['Terraform', TERRAFORM, 'module.net.aws_x.one', 5],
    ['Terraform', TERRAFORM, 'aws_x.on', undefined],
    ['Terraform', TERRAFORM, 'aws_x.', undefined],
    ['Terraform', TERRAFORM, 'aws_x.(one', undefined],
    ['Terraform with two of them', `${TERRAFORM}resource "aws_x" "one" {}`, 'aws_x.one', undefined],
    ['YAML', YAML, 'AWS::S3::Bucket.Logs', 2],
    ['YAML', YAML, 'Data', 4],
    ['YAML', YAML, 'AWS::S3::Bucket.Twice', undefined],
    ['YAML', YAML, 'AWS::S3::Bucket.None', undefined],
    ['JSON', JSON_TEMPLATE, 'AWS::S3::Bucket.Logs', 3],
    ['JSON of Windows', JSON_TEMPLATE.replaceAll('\n', '\r\n'), 'Logs', 3],
    ['nothing', '', 'aws_x.one', undefined],
  ])('in %s', (_, text, resource, line) => {
    expect([resource, lineOfResource(text, resource)]).toEqual([resource, line]);
  });
});
