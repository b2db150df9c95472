import { describe, expect, it } from 'vitest';
import { parseCel } from './parse-cel.ts';
import { readCel } from './read-cel.ts';

describe('an expression that is refused', () => {
  it.each([
    ["header['x' == 1", 6, 'has a "[" that is never closed'],
    ["(user == 'a'", 0, 'has a "(" that is never closed'],
    ["user == 'a')", 11, 'has a ")" that closes nothing'],
    ["header['x'}", 10, 'has a "}" that closes nothing'],
    ["user == 'a", 8, 'has a text that is never closed'],
    ["user == 'a\n'", 8, 'has a text that is never closed'],
    ["user == r'a\\'b'", 13, 'has a text that is never closed'],
    ['user == """a', 8, 'has a text that is never closed'],
    ["user = 'a'", 5, 'has a "="; "==" is meant'],
    ["user == 'a' & true", 12, 'has a "&"; "&&" is meant'],
    ["true | user == 'a'", 5, 'has a "|"; "||" is meant'],
    ['', 0, expect.stringMatching(/^cannot be parsed: /)],
    ["user == 'a' user", 12, expect.stringMatching(/^cannot be parsed: /)],
    ['size(path)', 0, 'yields something else than true or false'],
    ["user == 'a' && path", 15, 'yields something else than true or false'],
    ["!header['x']", 1, 'yields something else than true or false'],
    ['path ? true : false', 0, 'yields something else than true or false'],
    ['true ? 1 : 2', 0, 'yields something else than true or false'],
    ['isTrue(header.x)', 7, 'yields something else than true or false'],
    ['query.x || true', 0, 'yields something else than true or false'],
    ['claims.a.map(x, x)', 0, 'yields something else than true or false'],
    ['[true]', 0, 'yields something else than true or false'],
    ["{'a': true}", 0, 'yields something else than true or false'],
    ['1 + 2', 0, 'yields something else than true or false'],
    ['uid', 0, 'yields something else than true or false'],
    ['usr == 1', 0, 'names "usr", which no request has'],
    ['claims.a.all(x, y == 1)', 16, 'names "y", which no request has'],
    ['nope(1)', 0, 'calls "nope", which does not exist'],
    ["path.nope('a')", 5, 'calls "nope", which does not exist'],
    ["startsWith(path, '/')", 0, 'calls "startsWith" on nothing; it is called as value.startsWith(…)'],
    ["path.semver('1')", 5, 'calls "semver" on a value; it is called as semver(…)'],
    ['size() == 1', 0, 'gives "size" 0 arguments instead of 1'],
    ["header.get('a', 'b', 'c') == ''", 7, 'gives "get" 3 arguments instead of 1 or 2'],
    ['path.matches(user)', 13, 'computes what "matches" needs literally'],
    ['semver(user, tag)', 13, 'computes what "semver" needs literally'],
    ["inCidr(clientIp, ['10.0.0.0/8', tag])", 17, 'computes what "inCidr" needs literally'],
    ["percentage(user, uid, 's')", 17, 'computes what "percentage" needs literally'],
    ['percentage(user, 5, tag)', 20, 'computes what "percentage" needs literally'],
    ["path.matches('(')", 13, expect.stringMatching(/^has a pattern that cannot be read: /)],
    ['path.matches(5)', 13, 'has a pattern that is no text'],
    ["matches(path, 'a{1000}')", 14, 'has a pattern that repeats too much'],
    ["semver(user, 'x.y.z.')", 13, 'has a version range that is none'],
    ['semver(user, 5)', 13, 'has a version range that is none'],
    ["inCidr(clientIp, '10.0.0.0/33')", 17, 'has a network that is none: 10.0.0.0/33'],
    ["inCidr(clientIp, ['::1', 5])", 17, 'has a network that is none: 5'],
    ['inCidr(clientIp, 5)', 17, 'has a network that is none: 5'],
    ["percentage(user, 100.01, 's')", 17, 'has a percentage that is not from 0 to 100 in steps of 0.01'],
    ["percentage(user, 0.005, 's')", 17, 'has a percentage that is not from 0 to 100 in steps of 0.01'],
    ["percentage(user, '5', 's')", 17, 'has a percentage that is not from 0 to 100 in steps of 0.01'],
    ["percentage(user, -1, 's')", 17, 'has a percentage that is not from 0 to 100 in steps of 0.01'],
    ['uid == 9223372036854775808', 7, 'has a whole number that does not fit into 64 bits'],
    ['Message{a: 1} == 1', 0, 'makes a message, for which there is no use here'],
    [`user == '${'a'.repeat(4087)}'`, 4096, 'is longer than 4096 characters'],
    [`${'('.repeat(33)}true${')'.repeat(33)}`, 32, 'is nested more than 32 deep'],
    [`${'true ? true : '.repeat(33)}true`, 453, 'is nested more than 32 deep'],
    [`1${' + 1'.repeat(102)} > 1`, expect.any(Number), 'chains more than 100 operators'],
  ])('%s', (text, offset, message) => {
    expect(readCel(text)).toEqual({ ok: false, offset, message });
    expect(parseCel(text)).toEqual({ ok: false, offset, message });
  });
});

describe('an expression that is read', () => {
  it.each([
    "user == 'a' // a comment with ( and '",
    "user == 'it\\'s'",
    `user == "it's" && tag == 'say "x"'`,
    'user == \'\'\'a\n\'b\'\'\' && tag == """"c"""',
    "user == r'\\' && b'a' == b'a'",
    "header.get('a', '') == '' && header.get('b') == null",
    'claims.flag',
    'claims.a ? claims.b : true',
    "dyn(claims.a) && bool(header['x'])",
    'claims.a.exists_one(x, x == 1) && claims.a.exists(x, x == 1) && claims.a.all(x, x == 1)',
    'type(claims.a) == string && type(claims.b) == list && type(null) != null_type',
    'uid == 9223372036854775807 && -9223372036854775808 < uid',
    '1.5e3 > 1.0 && 5u == 5u && 0x1F == 31',
    `user == '${'a'.repeat(4086)}'`,
    `${'('.repeat(32)}true${')'.repeat(32)}`,
    `${'true ? true : '.repeat(32)}true`,
    `1${' + 1'.repeat(90)} > 1`,
    "percentage(user, 0.01, 's') || percentage(user, 100, 's') || percentage(user, 33.33, 's')",
    'now().getHours() > 8 && now().getHours("UTC") < 18',
  ])('%s', (text) => {
    expect(readCel(text)).toMatchObject({ ok: true });
  });
});
