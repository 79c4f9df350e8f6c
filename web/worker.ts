// The worker of one site, as the page starts it. What it does is in wasmjs.

import { serve, type WorkerScope } from "../wasmjs/worker/worker.ts";

serve(self as unknown as WorkerScope);
