import { writeFileSync } from 'node:fs';
import { getIDToken } from '@actions/core';

/** An action that asks for an ID token as `aws-actions/configure-aws-credentials` does, and leaves it where the test reads it. */
const { INPUT_AUDIENCE: audience = '', INPUT_FILE: file = '' } = process.env;
const token = await getIDToken(audience === '' ? undefined : audience);
writeFileSync(file, token);
console.log(`the token is ${token}`);
