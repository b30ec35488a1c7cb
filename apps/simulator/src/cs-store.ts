/** The state of Container Security, which moves with the clock. */
import type { Clock } from './clock.js';
import type { CsImage, CsJob, CsSeed } from './cs-model.js';
import { stableGuid } from './hash.js';

/** From a sensor's first sight of an image to its scan, and from that to its results. */
const SCAN_SECONDS = 60;
const PROCESS_SECONDS = 90;

export interface CsStore {
  readonly seed: CsSeed;
  readonly jobs: CsJob[];
  /** Images that the platform knows by now. */
  images(): readonly CsImage[];
  /** `Queued`, `Running`, `Canceled`, `Finished`, or the word of another end. */
  status(job: CsJob): string;
  /** When the job ended; undefined while it runs. */
  ended(job: CsJob): number | undefined;
  addJob(job: Omit<CsJob, 'uuid' | 'created'>): CsJob;
  /** What a sensor beside a build does with an image that is tagged for it. False where there is no such image. */
  sense(sha: string): boolean;
}

export function createCsStore(seed: CsSeed, clock: Clock): CsStore {
  const images = seed.images.map((image) => ({ ...image }));
  const jobs: CsJob[] = [];
  const done = new Set<string>();
  const endOf = (job: CsJob): number => job.created + (job.queueSeconds + job.runSeconds) * 1000;
  const status = (job: CsJob): string => {
    if (job.cancelled !== undefined) return 'Canceled';
    const now = clock.now();
    if (now < job.created + job.queueSeconds * 1000) return 'Queued';
    return now < endOf(job) ? 'Running' : (job.end ?? 'Finished');
  };
  const scan = (image: CsImage, at: number, source: CsImage['sources'][number]): void => {
    image.known ??= at;
    image.scanned = at;
    image.processed = at + PROCESS_SECONDS * 1000;
    image.sources = [...new Set([...image.sources, source])];
  };
  /** Jobs that have finished leave their mark on the images of their tag. */
  const settle = (): void => {
    for (const job of jobs) {
      if (done.has(job.uuid) || status(job) !== 'Finished') continue;
      done.add(job.uuid);
      for (const image of images) {
        const isNamed = image.names.some(({ repository, tag }) => repository === job.repository && tag === job.tag);
        if (isNamed && (job.forced || image.scanned === undefined)) scan(image, endOf(job), 'REGISTRY');
      }
    }
  };
  return {
    seed,
    jobs,
    images: () => {
      settle();
      return images.filter(({ known }) => known !== undefined && known <= clock.now());
    },
    status,
    ended: (job) => job.cancelled ?? (endOf(job) <= clock.now() ? endOf(job) : undefined),
    addJob: (more) => {
      const job = { ...more, uuid: stableGuid('job', jobs.length + 1), created: clock.now() };
      jobs.push(job);
      return job;
    },
    sense: (sha) => {
      const image = images.find((one) => one.sha === sha);
      if (image) scan(image, clock.now() + SCAN_SECONDS * 1000, 'CICD');
      return image !== undefined;
    },
  };
}
