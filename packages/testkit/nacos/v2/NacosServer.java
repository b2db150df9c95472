package com.alibaba.nacos;

import com.alibaba.nacos.core.code.ControllerMethodsCache;
import com.alibaba.nacos.sys.filter.NacosTypeExcludeFilter;
import io.grpc.ServerBuilder;
import io.grpc.ServerProvider;
import io.grpc.ServerRegistry;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.net.InetSocketAddress;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurationExcludeFilter;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.servlet.ServletComponentScan;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.scheduling.annotation.EnableScheduling;

/** A standalone Nacos 2 server, naming and configuration without the console, on loopback only. */
@SpringBootConfiguration
@EnableAutoConfiguration
@ComponentScan(
    basePackages = "com.alibaba.nacos",
    excludeFilters = {
      @ComponentScan.Filter(type = FilterType.CUSTOM, classes = NacosTypeExcludeFilter.class),
      @ComponentScan.Filter(type = FilterType.CUSTOM, classes = AutoConfigurationExcludeFilter.class)
    })
@ServletComponentScan
@EnableScheduling
public class NacosServer {

  /** JRaft opens its port by ServerBuilder.forPort(), that is on every interface; this provider is asked first and binds loopback. */
  static final class LoopbackProvider extends ServerProvider {
    @Override
    protected boolean isAvailable() {
      return true;
    }

    @Override
    protected int priority() {
      return 10;
    }

    @Override
    protected ServerBuilder<?> builderForPort(int port) {
      return NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port));
    }
  }

  public static void main(String[] args) {
    ServerRegistry.getDefaultRegistry().register(new LoopbackProvider());
    var context = SpringApplication.run(NacosServer.class, args);
    // The rights of an operation are looked up by its method; without this nothing is found and nothing is guarded.
    var methods = context.getBean(ControllerMethodsCache.class);
    for (String name : new String[] {"core.controllers", "naming.controllers", "config.server.controller"}) {
      methods.initClassMethod("com.alibaba.nacos." + name);
    }
  }
}
