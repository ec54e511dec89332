export { createContainerServices, createServices, type ServicesOptions } from './create-services.ts';
export { createNativeServices, type NativeServicesOptions } from './native/native-services.ts';
export { ServiceError, type ServiceErrorCode } from './service-error.ts';
export type { ServiceProvider } from './service-provider.ts';
