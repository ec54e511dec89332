import { z } from 'zod';

export const conclusionSchema = z.enum(['success', 'failure', 'cancelled', 'skipped']);
