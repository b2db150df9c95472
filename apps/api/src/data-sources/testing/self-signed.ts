/** A certificate for `localhost` that nobody trusts, and its key: of use to tests alone. */
export const selfSigned = {
  certificate: [
    '-----BEGIN CERTIFICATE-----',
    'MIIBljCCATugAwIBAgIUKWIrvMdYwBrlAqBCgLOe5d0kWBAwCgYIKoZIzj0EAwIw',
    'FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMjAwMDA0N1oYDzIxMjYxMDI5',
    'MDAwMDQ3WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO',
    'PQMBBwNCAAQO4wGjLQFCvuvZ6X/bDqLElpVs6KEeB82ecsy41Gh8JbxLmvOPd6lb',
    'IjzPYyYPn//asEtddE25/aIfs31/XZIho2kwZzAdBgNVHQ4EFgQUB/dOMTaOfM6a',
    'mq910fDbjuAWUCQwHwYDVR0jBBgwFoAUB/dOMTaOfM6amq910fDbjuAWUCQwDwYD',
    'VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID',
    'SQAwRgIhAIpSRp8gaKGfvYJOeTEYx8L/sHaPyw0O7cBkv+4NAIe3AiEAmIIKWD/a',
    'CXY83xCaM+65X2fb3rMiTUgFqQCndTy099c=',
    '-----END CERTIFICATE-----',
  ],
  key: [
    '-----BEGIN PRIVATE KEY-----',
    'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqH3f3L2TkvpDeith',
    '1O6ZcifzvY1Uf/ti05+GeuTrmNChRANCAAQO4wGjLQFCvuvZ6X/bDqLElpVs6KEe',
    'B82ecsy41Gh8JbxLmvOPd6lbIjzPYyYPn//asEtddE25/aIfs31/XZIh',
    '-----END PRIVATE KEY-----',
  ],
};
