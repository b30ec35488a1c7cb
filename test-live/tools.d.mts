export declare const NPM_PACKAGES: Readonly<Record<string, string>>;
export declare const ROOT: string;
export declare const LIVE_FOLDER: string;
export declare const TRIVY_BIN: string;
export declare const MULTITOOL_BIN: string;
export declare const GITLAB_CI_LOCAL: string;
export declare const IMAGES: Readonly<Record<'vulnerable' | 'clean', string>>;
