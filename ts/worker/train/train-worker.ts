// The worker in which a network learns.
import { serve } from './serve.js';

serve();
